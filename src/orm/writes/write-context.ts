import { v7 } from 'uuid'
import type { RowData } from '../../model/matches.js'
import type { WriteContext } from '../../model/rule-context.js'

const none: RowData = Object.freeze({})

/** What the context of a write is made from: the data source. */
interface Source {
  now(): Date
  afterCommit(hook: () => void | Promise<void>): void
}

/** What the rules of one call share: the instant of its unit, and an id of its own. */
export function newContext(source: Source, input: RowData = none): WriteContext<RowData> {
  const afterCommit = (hook: () => void | Promise<void>) => source.afterCommit(hook)
  return Object.freeze({ now: source.now(), operation: v7(), input, notes: new Map(), afterCommit })
}
