-- The language server of pglint, for `vim.lsp.enable('pglint')` of Neovim 0.11 and later.
--
-- It works without a root too: then the server itself looks for the project that a file belongs to.

--- Shows Markdown or SQL in a window that closes when the cursor moves.
---@param text string
---@param syntax string
local function show(text, syntax)
  local lines = vim.split(text, '\n', { trimempty = true })
  local options = { border = 'rounded', focus_id = 'pglint', max_width = 100 }
  vim.lsp.util.open_floating_preview(lines, syntax, options)
end

--- Shows the page of a rule.
---@param client vim.lsp.Client
---@param rule string
local function explain(client, rule)
  client:request('pglint/rule', { name = rule }, function(_, page)
    if page then
      show(page.markdown, 'markdown')
    else
      vim.notify(('pglint: there is no rule `%s`'):format(rule), vim.log.levels.WARN)
    end
  end)
end

--- Explains the rule that speaks on the cursor's line; of several, the one that is chosen.
---@param client vim.lsp.Client
---@param buffer integer
local function explain_here(client, buffer)
  local line = vim.api.nvim_win_get_cursor(0)[1] - 1
  local rules = {}
  for _, found in ipairs(vim.diagnostic.get(buffer, { lnum = line })) do
    if found.source == 'pglint' and not vim.list_contains(rules, found.code) then
      table.insert(rules, found.code)
    end
  end
  if #rules == 0 then
    vim.notify('pglint has nothing to say about this line')
  elseif #rules == 1 then
    explain(client, rules[1])
  else
    vim.ui.select(rules, { prompt = 'Which rule?' }, function(rule)
      if rule then
        explain(client, rule)
      end
    end)
  end
end

--- Opens the schema as the buffer sees it in a window beside.
---@param client vim.lsp.Client
---@param buffer integer
local function show_schema(client, buffer)
  local document = { textDocument = vim.lsp.util.make_text_document_params(buffer) }
  client:request('pglint/schema', document, function(_, schema)
    local text = schema and schema.text or '-- The files build no schema here.'
    vim.cmd.vnew()
    vim.bo.buftype, vim.bo.bufhidden, vim.bo.swapfile = 'nofile', 'wipe', false
    vim.api.nvim_buf_set_lines(0, 0, -1, false, vim.split(text, '\n'))
    vim.bo.modifiable = false
    -- The syntax alone: a file type would bring the server here as well.
    vim.bo.syntax = 'sql'
  end, buffer)
end

--- Applies every fix that cannot change what a statement does.
local function fix_all()
  vim.lsp.buf.code_action({
    context = { only = { 'source.fixAll.pglint' }, diagnostics = {} },
    apply = true,
  })
end

---@type vim.lsp.Config
return {
  cmd = { 'pglint', 'server' },
  filetypes = { 'sql', 'pgsql', 'plpgsql' },
  root_markers = { 'pglint.toml', '.git' },
  -- Tells the server which commands its code actions may name.
  init_options = { commands = { 'pglint.explainRule' } },
  commands = {
    ['pglint.explainRule'] = function(command, context)
      explain(assert(vim.lsp.get_client_by_id(context.client_id)), command.arguments[1])
    end,
  },
  on_attach = function(client, buffer)
    local function command(name, description, run)
      vim.api.nvim_buf_create_user_command(buffer, name, run, { desc = description })
    end
    command('LspPglintFixAll', 'Fix everything that is safe to fix', fix_all)
    command('LspPglintExplain', 'Explain the rule on this line', function()
      explain_here(client, buffer)
    end)
    command('LspPglintSchema', 'Show the schema as this file sees it', function()
      show_schema(client, buffer)
    end)
  end,
}
