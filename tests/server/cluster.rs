//! A throw-away PostgreSQL server: its own data directory, a unix socket in it,
//! no TCP, gone when dropped.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use postgres::{Client, Config, NoTls};
use tempfile::TempDir;

/// How long a server may take to accept its first connection.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running server. Its superuser is `postgres`; anyone who can read the
/// socket may connect.
pub(crate) struct Cluster {
    server: Child,
    folder: TempDir,
}

impl Cluster {
    /// Starts a server, or says that there is none and returns None.
    ///
    /// The programs are those of the folder that `PGLINT_PG_BIN` names; without
    /// it, of the first folder of `PATH` or Debian's newest that has them.
    pub(crate) fn start() -> Option<Cluster> {
        let Some(programs) = find_programs() else {
            eprintln!("skipped: no PostgreSQL server here (set PGLINT_PG_BIN to its bin folder)");
            return None;
        };
        let folder = tempfile::Builder::new()
            .prefix("pglint-")
            .tempdir()
            .unwrap();
        let account = Account::for_server(folder.path());
        account.own(folder.path());

        let data = folder.path().join("data");
        let made = account
            .command(&programs.join("initdb"))
            .arg("-D")
            .arg(&data)
            .args([
                "--username=postgres",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
            ])
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(
            made.status.success(),
            "initdb: {}",
            String::from_utf8_lossy(&made.stderr)
        );

        let server = account
            .command(&programs.join("postgres"))
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(folder.path())
            .args([
                "-c",
                "listen_addresses=",
                "-c",
                "fsync=off",
                "-c",
                "autovacuum=off",
                "-c",
                "jit=off",
                "-c",
                "full_page_writes=off",
                "-c",
                "synchronous_commit=off",
            ])
            .args(["-c", "log_min_messages=fatal"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(folder.path().join("log")).unwrap())
            .spawn()
            .unwrap();
        let mut cluster = Cluster { server, folder };
        cluster.await_first_connection();
        Some(cluster)
    }

    /// A connection to a fresh, empty database of that name.
    pub(crate) fn create_database(&self, name: &str) -> Client {
        let mut client = self.connect("postgres").unwrap();
        client
            .batch_execute(&format!("CREATE DATABASE \"{name}\" TEMPLATE template0"))
            .unwrap();
        self.connect(name).unwrap()
    }

    fn connect(&self, database: &str) -> Result<Client, postgres::Error> {
        let mut config = Config::new();
        config
            .host_path(self.folder.path())
            .user("postgres")
            .dbname(database);
        config.connect(NoTls)
    }

    fn await_first_connection(&mut self) {
        let begin = Instant::now();
        while let Err(error) = self.connect("postgres") {
            let gone = self.server.try_wait().unwrap().is_some();
            if gone || begin.elapsed() > PATIENCE {
                let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
                panic!("the server does not answer: {error}\n{log}");
            }
            sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Nothing of the data is wanted, so the server need not shut down cleanly;
        // its children notice and leave.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn find_programs() -> Option<PathBuf> {
    let complete =
        |folder: &PathBuf| folder.join("initdb").exists() && folder.join("postgres").exists();
    if let Some(named) = std::env::var_os("PGLINT_PG_BIN").filter(|named| !named.is_empty()) {
        let named = PathBuf::from(named);
        assert!(
            complete(&named),
            "PGLINT_PG_BIN: no initdb and postgres in {}",
            named.display()
        );
        return Some(named);
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).find(complete);
    on_path.or_else(|| {
        let versions = fs::read_dir("/usr/lib/postgresql").ok()?.flatten();
        let folders = versions
            .map(|version| version.path().join("bin"))
            .filter(complete);
        folders.max_by_key(|folder| major_version(folder))
    })
}

/// 18 for `/usr/lib/postgresql/18/bin`.
fn major_version(folder: &Path) -> Option<u32> {
    folder.parent()?.file_name()?.to_str()?.parse().ok()
}

/// Who runs the server: PostgreSQL refuses to be root, so that root lends it an
/// account without rights.
struct Account {
    /// User and group; None for our own.
    ids: Option<(u32, u32)>,
}

impl Account {
    fn for_server(own_folder: &Path) -> Account {
        if fs::metadata(own_folder).unwrap().uid() != 0 {
            return Account { ids: None };
        }
        let users = fs::read_to_string("/etc/passwd").unwrap();
        let find = |name: &str| {
            let mut fields = users
                .lines()
                .map(|line| line.split(':').collect::<Vec<_>>());
            let user = fields.find(|fields| fields[0] == name)?;
            Some((user[2].parse().unwrap(), user[3].parse().unwrap()))
        };
        let ids = find("postgres").or_else(|| find("nobody"));
        assert!(
            ids.is_some(),
            "root needs a `postgres` or `nobody` account to run a server"
        );
        Account { ids }
    }

    fn own(&self, folder: &Path) {
        if let Some((user, group)) = self.ids {
            chown(folder, Some(user), Some(group)).unwrap();
        }
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir("/");
        if let Some((user, group)) = self.ids {
            command.uid(user).gid(group);
        }
        command
    }
}
