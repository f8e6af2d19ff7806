/** Redis does not answer. Whoever asked has to do without it; nothing is known of what a command that was sent did. */
export class RedisUnavailableError extends Error {
  override readonly name = 'RedisUnavailableError'
}
