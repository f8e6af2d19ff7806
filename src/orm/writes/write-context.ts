import type { UpdateResult } from 'typeorm'
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
  let operation: string | undefined
  return Object.freeze({
    now: source.now(),
    // Most calls end without anybody having asked for it, and chance is dear.
    get operation() {
      operation ??= v7()
      return operation
    },
    input,
    notes: new Map(),
    afterCommit,
  })
}

const contexts = new WeakMap<object, WriteContext>()

/** An UPDATE that may be part of a call that has begun already. */
interface Update {
  set(values: RowData): { execute(): Promise<UpdateResult> }
}

/** Carries out an UPDATE under the rules of its entity, as part of a call that has begun already. */
export function executeIn(context: WriteContext, statement: object, values: RowData): Promise<UpdateResult> {
  const update = (statement as Update).set(values)
  contexts.set(update, context)
  return update.execute()
}

/** The call that a statement is part of; undefined where it is one of its own. */
export function callOf(statement: object): WriteContext | undefined {
  return contexts.get(statement)
}
