"""The Lua text that counts: all windows looked at first, then all counted or none."""

from dataclasses import dataclass
from hashlib import sha1


@dataclass(frozen=True, slots=True)
class Script:
    """A script and the digest under which Redis remembers it."""

    text: str
    digest: str


def script(text: str) -> Script:
    return Script(text, sha1(text.encode(), usedforsecurity=False).hexdigest())


# KEYS[1] is the scope and the identifier; ARGV holds period, seconds, limit for each window.
# A key is named by its window's start, so a window that has ended is never looked at again.
SPEND = script("""
local now = tonumber(redis.call('TIME')[1])
local answer = {now, 1}
local keys = {}
for i = 1, #ARGV, 3 do
  local window = tonumber(ARGV[i + 1])
  local key = KEYS[1] .. ':' .. string.format('%d', now - now % window) .. ':' .. ARGV[i]
  local used = tonumber(redis.call('GET', key) or '0')
  if used >= tonumber(ARGV[i + 2]) then answer[2] = 0 end
  answer[#answer + 1] = used
  keys[#keys + 1] = {key, window - now % window + 1}
end
if answer[2] == 1 then
  for _, entry in ipairs(keys) do
    redis.call('INCR', entry[1])
    redis.call('EXPIRE', entry[1], entry[2])
  end
end
return answer
""")
