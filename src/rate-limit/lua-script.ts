import { createHash } from 'node:crypto'
import type { RedisCommands } from '../redis/redis-commands.js'

/** A Lua script, and what servers that have seen it know it by. */
export interface LuaScript {
  readonly text: string
  readonly digest: string
}

type Given = Parameters<RedisCommands['eval']>[1]

export const luaScript = (text: string): LuaScript => ({ text, digest: createHash('sha1').update(text).digest('hex') })

/** Sends the digest of the script, and the script itself where the server has not seen it since it was started. */
export async function evaluate(redis: RedisCommands, { text, digest }: LuaScript, given: Given): Promise<unknown> {
  try {
    return await redis.evalSha(digest, given)
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('NOSCRIPT')) return redis.eval(text, given)
    throw error
  }
}
