import { v7 } from 'uuid'
import type { RowData } from '../../model/matches.js'
import type { WriteContext } from '../../model/rule.js'

const none: RowData = Object.freeze({})

/** What the rules of one call share: the instant of its unit, and an id of its own. */
export function newContext(source: { now(): Date }, input: RowData = none): WriteContext<RowData> {
  return Object.freeze({ now: source.now(), operation: v7(), input })
}
