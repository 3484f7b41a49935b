//! The one owner of all that changes: documents, folders, units.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::oneshot;
use tower_lsp::lsp_types::{
    DidChangeTextDocumentParams, InitializeParams, InitializeResult, Url,
    WorkspaceFoldersChangeEvent,
};

use crate::capabilities::ClientFacts;
use crate::document::Document;
use crate::event::{Event, Events, Question};
use crate::outbox::{Message, Outbox};
use crate::schedule::Unit;
use crate::serve::Door;
use crate::unit::{Reading, UnitKey};
use crate::worker::Workers;
use crate::{from_lsp, parent, watch};

/// Everything that the server knows. What becomes of it is in `schedule`.
pub(crate) struct State {
    pub(crate) outbox: Outbox,
    pub(crate) workers: Workers,
    pub(crate) client: Arc<ClientFacts>,
    pub(crate) documents: BTreeMap<Url, OpenDocument>,
    pub(crate) units: BTreeMap<UnitKey, Unit>,
    /// Questions about what is not analysed yet.
    pub(crate) waiting: Vec<Question>,
    door: Arc<Door>,
    /// The client's process. `None` where it does not tell.
    parent: Option<u32>,
    folders: Vec<PathBuf>,
    ticks: u64,
}

/// A document and the unit that it is analysed in.
pub(crate) struct OpenDocument {
    pub(crate) document: Document,
    pub(crate) unit: UnitKey,
}

/// After how many ticks files are looked at again where the client does not
/// watch them.
const POLLING_TICKS: u64 = 3;

impl State {
    /// Before the first request.
    pub(crate) fn new(outbox: Outbox, events: Events, door: Arc<Door>) -> State {
        State {
            outbox,
            workers: Workers::new(events),
            client: Arc::default(),
            documents: BTreeMap::new(),
            units: BTreeMap::new(),
            waiting: Vec::new(),
            door,
            parent: None,
            folders: Vec::new(),
            ticks: 0,
        }
    }

    /// Takes note of an event. Never waits.
    pub(crate) fn take(&mut self, event: Event) {
        match event {
            Event::Initialize {
                params,
                refresh_support,
                reply,
            } => self.initialize(&params, refresh_support, reply),
            Event::Initialized => self.initialized(),
            Event::Open(params) => {
                let document = params.text_document;
                self.open(Document {
                    uri: document.uri,
                    version: document.version,
                    text: document.text.into(),
                });
            }
            Event::Change(params) => self.change(params),
            Event::Close(params) => self.close(&params.text_document.uri),
            Event::Folders(params) => self.change_folders(&params.event),
            Event::Disk => self.want_all(Reading::Everything),
            Event::Question(question) => {
                self.waiting.push(question);
                self.answer_waiting();
            }
            Event::Read(key, project) => self.have_read(&key, project),
            Event::Glanced(unit) => self.take_glance(&unit),
            Event::Finished(finished) => self.finish(*finished),
            Event::Tick => self.tick(),
        }
    }

    fn initialize(
        &mut self,
        params: &InitializeParams,
        refresh_support: bool,
        reply: oneshot::Sender<InitializeResult>,
    ) {
        self.client = Arc::new(ClientFacts::new(params, refresh_support));
        self.parent = params.process_id;
        self.folders = from_lsp::folders(params);
        let _ = reply.send(self.client.answer());
    }

    fn initialized(&mut self) {
        if self.client.watches_files {
            self.outbox.send(Message::Register(watch::registration()));
        }
        self.divide();
    }

    fn tick(&mut self) {
        self.ticks += 1;
        if self
            .parent
            .is_some_and(|process| !parent::is_alive(process))
        {
            self.door.end();
        }
        if !self.client.watches_files && self.ticks.is_multiple_of(POLLING_TICKS) {
            self.want_all(Reading::IfChanged);
        }
    }

    fn open(&mut self, document: Document) {
        let uri = document.uri.clone();
        let unit = UnitKey::of(&uri, &self.folders);
        let open = OpenDocument {
            document,
            unit: unit.clone(),
        };
        self.documents.insert(uri.clone(), open);
        self.want(&unit, Reading::IfChanged);
        self.glance(&uri);
    }

    fn change(&mut self, params: DidChangeTextDocumentParams) {
        let identifier = params.text_document;
        let Some(open) = self.documents.get_mut(&identifier.uri) else {
            return;
        };
        let changes = params.content_changes;
        let encoding = self.client.encoding;
        open.document = open.document.changed(identifier.version, changes, encoding);
        let unit = open.unit.clone();
        self.want(&unit, Reading::Nothing);
    }

    fn close(&mut self, uri: &Url) {
        let Some(open) = self.documents.remove(uri) else {
            return;
        };
        let is_folder = matches!(open.unit, UnitKey::Folder(_));
        match is_folder || self.documents.values().any(|other| other.unit == open.unit) {
            true => self.want(&open.unit, Reading::Everything),
            false => self.forget(&open.unit),
        }
    }

    fn change_folders(&mut self, event: &WorkspaceFoldersChangeEvent) {
        let removed: Vec<_> = event.removed.iter().filter_map(from_lsp::folder).collect();
        self.folders.retain(|folder| !removed.contains(folder));
        self.folders
            .extend(event.added.iter().filter_map(from_lsp::folder));
        self.divide();
    }

    /// Makes the units anew after the folders have changed.
    fn divide(&mut self) {
        for (uri, open) in &mut self.documents {
            open.unit = UnitKey::of(uri, &self.folders);
        }
        let folders = self.folders.iter().cloned().map(UnitKey::Folder);
        let documents = self.documents.values().map(|open| open.unit.clone());
        let keys: BTreeSet<_> = folders.chain(documents).collect();
        let units = self.units.keys();
        let gone: Vec<_> = units.filter(|key| !keys.contains(key)).cloned().collect();
        for key in gone {
            self.forget(&key);
        }
        for key in keys {
            self.want(&key, Reading::Everything);
        }
    }
}
