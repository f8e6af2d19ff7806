import type { UpdateResult } from 'typeorm'
import { orderedUuid } from '../../helpers/ordered-uuid.js'
import type { RowData } from '../../model/matches.js'
import type { WriteContext } from '../../model/rule-context.js'

const none: RowData = Object.freeze({})

/** What the context of a write is made from: the data source. */
interface Source {
  now(): Date
  afterCommit(hook: () => void | Promise<void>): void
}

/** What the rules of one call share: the instant of its unit, and an id, which is one of its own unless told. */
export function newContext(source: Source, input: RowData = none, operation?: string): WriteContext<RowData> {
  return new CallContext(source, input, operation)
}

/** Most calls end without anybody having asked for their id, so it is made when somebody does. */
class CallContext implements WriteContext<RowData> {
  readonly now: Date
  readonly input: RowData
  readonly notes = new Map<unknown, unknown>()
  readonly afterCommit: Source['afterCommit'] = (hook) => this.#source.afterCommit(hook)
  readonly #source: Source
  #operation: string | undefined

  constructor(source: Source, input: RowData, operation: string | undefined) {
    this.#source = source
    this.now = source.now()
    this.input = input
    this.#operation = operation
    Object.freeze(this)
  }

  get operation(): string {
    this.#operation ??= orderedUuid()
    return this.#operation
  }
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
