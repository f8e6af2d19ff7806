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

/** A call that has begun already, as far as one of its statements is concerned. */
export interface RunningCall {
  readonly context: WriteContext
  /** Whether the update rules of the entity apply to the statement. */
  readonly ruled: boolean
  /** Whether the rows of the statement are locked with all that rules write before them. */
  readonly led?: boolean
}

const calls = new WeakMap<object, RunningCall>()

/** An UPDATE that may be part of a call that has begun already. */
interface Update {
  set(values: RowData): { execute(): Promise<UpdateResult> }
}

/** Carries out an UPDATE as part of a call that has begun already. */
export function executeIn(call: RunningCall, statement: object, values: RowData): Promise<UpdateResult> {
  const update = (statement as Update).set(values)
  calls.set(update, call)
  return update.execute()
}

/** The call that a statement is part of; undefined where it is one of its own. */
export function callOf(statement: object): RunningCall | undefined {
  return calls.get(statement)
}
