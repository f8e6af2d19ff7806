import { hashString } from '../helpers/hash-string.js'

/** What a key is made of: a limit of rates has a period. */
interface Keyed {
  readonly key: string
  readonly limit: number
  readonly period?: number
  readonly shadow?: boolean
}

const prefixes = new WeakMap<Keyed, string>()

/** Another limit under the same name is another key, and so is another spelling of whom it is for. */
export function keyOf(limit: Keyed, who: string): string {
  const prefix = prefixes.get(limit) ?? prefixOf(limit)
  return prefix + (/^[\w.:@/-]{1,80}$/.test(who) ? who : `#${hashString(who)}`)
}

function prefixOf(given: Keyed): string {
  const { key, limit, period = 'at-once', shadow = false } = given
  const name = /^[\w.-]{1,64}$/.test(key) ? key : `#${hashString(key).slice(0, 32)}`
  // What is only tried must use nothing up of what is kept under the same name.
  const prefix = `${shadow ? '~' : ''}${name}:${limit}:${period}:`
  prefixes.set(given, prefix)
  return prefix
}
