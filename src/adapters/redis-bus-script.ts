/**
 * Keys of the bus. One hash tag, so that in a cluster all lie on one node and the script may use them together; the number
 * changes with the layout.
 */
export const BUS_KEYS = {
  /** Entries of changes, trimmed. */
  stream: 'basketlift:{bus:1}:stream',
  /** Id of the newest entry, and which history of entries it belongs to: both go when Redis loses its memory. */
  last: 'basketlift:{bus:1}:last',
  era: 'basketlift:{bus:1}:era',
  /** The newest state, for a machine that was away longer than the stream reaches back. */
  stock: 'basketlift:{bus:1}:stock',
  rules: 'basketlift:{bus:1}:rules',
  refusals: 'basketlift:{bus:1}:refusals',
  champion: 'basketlift:{bus:1}:champion',
  /** Ids of changes of the quantity on hand, by when they were told. */
  changes: 'basketlift:{bus:1}:changes',
} as const;

/** Holds the number of the last batch taken from a sender: a batch sent again counts once. */
export function senderKey(origin: string): string {
  return `basketlift:{bus:1}:sender:${origin}`;
}

/**
 * Judges a batch of changes against the newest state, keeps what counts and appends it as one entry, all at once: so every gateway that
 * reads the stream to its end holds the same. Changes of the quantity on hand are added up here, and only here.
 *
 * KEYS: those of BUS_KEYS in their order, then senderKey. ARGV: number of the batch, the sender, entries kept in the
 * stream, seconds and number of refusals kept, the same of the ids of changes, then each operation as JSON (bus-wire.ts). One that
 * cannot be read is left out, alone; answers how many were.
 */
export const BUS_SCRIPT = `
local stream, last, era, stock, rules, refusals, champion, changes, sender = unpack(KEYS)
local number = tonumber(ARGV[1])
if number <= tonumber(redis.call('GET', sender) or '0') then return 0 end
local out = {}
local now = tonumber(redis.call('TIME')[1])

-- Who told it holds these figures already, and hears none in their place.
local function fill(held, row, figures)
  for _, figure in ipairs(figures) do
    if held[figure] == nil then held[figure] = row[figure] end
  end
end

local function merged(held, row, figures, change, changeAt, isOld)
  if change then
    local countedAt = held.onHandAsOfMs or held.asOfMs
    if held.onHand == nil then
      held.onHand, countedAt = row.onHand, row.onHandAsOfMs or row.asOfMs
    elseif changeAt >= countedAt then
      held.onHand = held.onHand + change
    end
    if changeAt >= held.asOfMs then
      for _, figure in ipairs(figures) do held[figure] = row[figure] end
      held.asOfMs = changeAt
    else
      fill(held, row, figures)
    end
    held.onHandAsOfMs = countedAt
  elseif row.asOfMs > held.asOfMs or (row.asOfMs == held.asOfMs and not isOld) then
    if held.onHand ~= nil then held.onHandAsOfMs = held.onHandAsOfMs or held.asOfMs end
    for _, figure in ipairs(figures) do
      held[figure] = row[figure]
      if figure == 'onHand' then held.onHandAsOfMs = row.onHandAsOfMs or row.asOfMs end
    end
    held.asOfMs = row.asOfMs
  elseif isOld then
    return nil
  else
    fill(held, row, figures)
  end
  return held
end

local function stockRow(tenant, row, figures, change, changeAt, isOld, id)
  local field = tenant .. '\\n' .. #row.storeId .. '\\n' .. row.storeId .. row.productId
  if id and redis.call('ZADD', changes, 'NX', now, #id .. '\\n' .. id .. field) == 0 then
    -- Who told it again may have counted it twice: it changes nothing, and how the row stands is heard.
    change, figures = 0, {}
  end
  local text = redis.call('HGET', stock, field)
  local known, held = pcall(cjson.decode, text or '')
  if known and type(held) == 'table' and type(held.asOfMs) == 'number' then
    row = merged(held, row, figures, change, changeAt, isOld)
    if row == nil then return end
  end
  redis.call('HSET', stock, field, cjson.encode(row))
  out[#out + 1] = {'stock', tenant, row}
end

local function ruleBook(tenant, version, json)
  local text = redis.call('HGET', rules, tenant) or '0\\n'
  local cut = text:find('\\n') or 1
  local heldVersion, heldJson = tonumber(text:sub(1, cut - 1)) or 0, text:sub(cut + 1)
  if version == heldVersion and json == heldJson then return end
  if version > heldVersion then
    heldVersion, heldJson = version, json
  elseif version == heldVersion then
    heldVersion = heldVersion + 1
  end
  redis.call('HSET', rules, tenant, heldVersion .. '\\n' .. heldJson)
  out[#out + 1] = {'rules', tenant, heldVersion, heldJson}
end

local unread = 0
for at = 8, #ARGV do
  local isRead, op = pcall(cjson.decode, ARGV[at])
  if not isRead then
    unread = unread + 1
  elseif op[1] == 'stock' then
    stockRow(op[2], op[3], op[4], op[5], op[6], op[7], op[8])
  elseif op[1] == 'rules' then
    ruleBook(op[2], op[3], op[4])
  elseif op[1] == 'refusal' then
    redis.call('ZADD', refusals, now, cjson.encode(op))
    out[#out + 1] = op
  else
    local text = redis.call('GET', champion) or '0\\n'
    local cut = text:find('\\n') or 1
    local number, held = tonumber(text:sub(1, cut - 1)) or 0, text:sub(cut + 1)
    -- Machines' clocks differ: in which order promotions came is known here alone.
    if not op[3] or held == '' then
      number, held = number + 1, op[2]
      redis.call('SET', champion, string.format('%.0f', number) .. '\\n' .. held)
    end
    out[#out + 1] = {'champion', held, number}
  end
end
redis.call('ZREMRANGEBYSCORE', refusals, '-inf', now - tonumber(ARGV[4]))
redis.call('ZREMRANGEBYSCORE', changes, '-inf', now - tonumber(ARGV[6]))
redis.call('ZREMRANGEBYRANK', refusals, 0, -tonumber(ARGV[5]) - 1)
redis.call('ZREMRANGEBYRANK', changes, 0, -tonumber(ARGV[7]) - 1)

if #out > 0 then
  local before = redis.call('GET', last) or ''
  if before == '' then redis.call('SET', era, ARGV[2] .. ':' .. ARGV[1]) end
  local id = redis.call('XADD', stream, 'MAXLEN', '~', ARGV[3], '*',
    'sender', ARGV[2], 'after', before, 'changes', cjson.encode(out))
  redis.call('SET', last, id)
end
redis.call('SET', sender, number, 'EX', 86400)
return unread
`;
