-- Neovim as a user has it, on a copy of the shop. Run by scripts/test-nvim:
--   nvim --clean --headless --cmd 'set runtimepath^=editors/nvim' -S editors/nvim/test/test.lua
-- with pglint on PATH and the folder of fixtures in FIXTURES.

local PATIENCE = 30000

local shop = vim.fn.tempname()

--- Waits until `is_so` gives something, and gives that.
local function wait_for(what, is_so)
  local found
  vim.wait(PATIENCE, function()
    found = is_so()
    return found
  end, 20)
  return found or error('waited in vain for ' .. what, 2)
end

local function equal(found, expected)
  if not vim.deep_equal(found, expected) then
    error(('\nfound:    %s\nexpected: %s'):format(vim.inspect(found), vim.inspect(expected)), 2)
  end
end

local function open(name)
  vim.cmd.edit(vim.fs.joinpath(shop, name))
  wait_for('the server', function()
    return vim.lsp.get_clients({ bufnr = 0, name = 'pglint' })[1]
  end)
end

--- The diagnostics of the buffer, once there are as many as expected: rule, line and column from
--- 1, and the text that is underlined.
local function diagnostics(count)
  wait_for(count .. ' diagnostics', function()
    return #vim.diagnostic.get(0) == count
  end)
  return vim.tbl_map(function(it)
    local text = vim.api.nvim_buf_get_text(0, it.lnum, it.col, it.end_lnum, it.end_col, {})
    return { it.code, it.lnum + 1, it.col + 1, table.concat(text, '\n') }
  end, vim.diagnostic.get(0))
end

local function lines()
  return vim.api.nvim_buf_get_lines(0, 0, -1, false)
end

--- The titles of the actions at the cursor; runs the one at `place`, from 1.
local function choose_action(place)
  local titles
  vim.ui.select = function(items, options, on_choice)
    titles = vim.tbl_map(options.format_item, items)
    on_choice(items[place], place)
  end
  vim.lsp.buf.code_action()
  return wait_for('code actions', function()
    return titles
  end)
end

--- The lines of the window that floats, once there is one; closes it.
local function floating()
  local window = wait_for('a floating window', function()
    return vim.iter(vim.api.nvim_list_wins()):find(function(it)
      return vim.api.nvim_win_get_config(it).relative ~= ''
    end)
  end)
  local text = vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false)
  vim.api.nvim_win_close(window, true)
  return text
end

local function contains(found, pattern)
  for _, line in ipairs(found) do
    if line:match(pattern) then
      return
    end
  end
  error(('no line matches %s:\n%s'):format(pattern, table.concat(found, '\n')), 2)
end

local tests = {}

function tests.t1_diagnostics_stand_at_the_right_place()
  open('queries/orders_not_shipped.sql')
  equal(diagnostics(1), { { 'null-comparison', 6, 9, 's.shipped_at = NULL' } })
  equal(vim.lsp.get_clients({ bufnr = 0 })[1].root_dir, vim.uv.fs_realpath(shop))
end

function tests.t2_a_rule_is_explained()
  vim.api.nvim_win_set_cursor(0, { 6, 10 })
  vim.cmd.LspPglintExplain()
  contains(floating(), '^# null%-comparison$')
  equal(choose_action(4), {
    'Write `IS NULL` (unsafe)',
    'Ignore null-comparison for this statement',
    'Ignore null-comparison in this file',
    'Explain null-comparison',
  })
  contains(floating(), '^# null%-comparison$')
end

function tests.t3_a_quick_fix_mends_the_query()
  local expected = lines()
  expected[6] = expected[6]:gsub('= NULL', 'IS NULL')
  choose_action(1)
  equal(diagnostics(0), {})
  equal(lines(), expected)
end

function tests.t4_a_hover_tells_what_a_table_is()
  vim.api.nvim_win_set_cursor(0, { 2, 6 })
  vim.lsp.buf.hover()
  local text = floating()
  contains(text, '^table public%.orders +%-%- 0004_orders%.up%.sql:%d+$')
  contains(text, '^  coupon_id +bigint +%-%- 0010_coupons_and_gift_cards%.up%.sql:14$')
end

function tests.t5_the_definition_of_a_table_is_in_another_file()
  vim.lsp.buf.definition()
  wait_for('the other file', function()
    return vim.endswith(vim.api.nvim_buf_get_name(0), 'migrations/0004_orders.up.sql')
  end)
  local line, column = unpack(vim.api.nvim_win_get_cursor(0))
  equal(lines()[line]:sub(1, column), 'CREATE TABLE ')
  equal(vim.fn.expand('<cword>'), 'orders')
end

function tests.t6_the_schema_is_shown_as_the_file_sees_it()
  open('migrations/0003_basket.up.sql')
  local windows = #vim.api.nvim_list_wins()
  vim.cmd.LspPglintSchema()
  wait_for('the schema', function()
    return #vim.api.nvim_list_wins() > windows
  end)
  -- The table was called so in this migration, and is called `cart_item` later.
  contains(lines(), '^table public%.basket_item +%-%- 0003_basket%.up%.sql:12$')
  vim.cmd.close()
end

function tests.t7_everything_that_is_safe_is_fixed()
  open('queries/leftovers.sql')
  vim.api.nvim_buf_set_lines(0, 0, -1, false, {
    '-- pglint: ignore[select-star] names its columns now',
    "SELECT id FROM product WHERE '😀' <> sku AND name = NULL;",
  })
  diagnostics(2)
  vim.cmd.LspPglintFixAll()
  -- The comparison stays, because its fix is not safe.
  equal(diagnostics(1), { { 'null-comparison', 1, 48, 'name = NULL' } })
  equal(lines(), { "SELECT id FROM product WHERE '😀' <> sku AND name = NULL;" })
end

function tests.t8_a_file_without_a_project_is_read_too()
  local alone = vim.fn.tempname() .. '.sql'
  vim.fn.writefile({ 'SELECT 1 = NULL;' }, alone)
  vim.cmd.edit({ alone, bang = true })
  equal(diagnostics(1), { { 'null-comparison', 1, 8, '1 = NULL' } })
  equal(vim.lsp.get_clients({ bufnr = 0 })[1].root_dir, nil)
end

local function main()
  -- A prompt that nobody answers must not keep a headless editor for ever.
  assert(vim.uv.new_timer()):start(10 * PATIENCE, 0, function()
    os.exit(2)
  end)
  vim.o.hidden = true
  vim.o.swapfile = false
  vim.fn.system({ 'cp', '-R', vim.fs.joinpath(vim.env.FIXTURES, 'shop'), shop })
  vim.lsp.enable('pglint')
  local failures = 0
  local names = vim.tbl_keys(tests)
  table.sort(names)
  for _, name in ipairs(names) do
    local is_ok, reason = xpcall(tests[name], debug.traceback)
    failures = failures + (is_ok and 0 or 1)
    io.stdout:write(('%s %s\n'):format(is_ok and 'ok    ' or 'FAILED', name))
    if not is_ok then
      io.stdout:write(reason, '\n', table.concat(vim.split(vim.fn.execute('messages'), '\n'), '\n'), '\n')
    end
  end
  vim.fn.delete(shop, 'rf')
  vim.cmd.cquit({ count = failures > 0 and 1 or 0 })
end

main()
