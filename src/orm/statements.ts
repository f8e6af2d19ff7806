import type { BeforeQueryEvent, EntitySubscriberInterface } from 'typeorm'

/** A statement on its way to the database. */
export interface Statement {
  readonly sql: string
  readonly parameters: readonly unknown[]
}

/** Hears of each statement of a data source, in the asynchronous context of whoever caused it. */
export type StatementListener = (statement: Statement) => void

/** One of TypeORM's subscribers: tells listeners of the statements that runners send, transactions included. */
export class StatementSubscriber {
  readonly #listeners: ReadonlySet<StatementListener>

  constructor(listeners: ReadonlySet<StatementListener>) {
    this.#listeners = listeners
  }

  /** Undefined while nobody listens, so that TypeORM makes no events. */
  get beforeQuery(): NonNullable<EntitySubscriberInterface['beforeQuery']> | undefined {
    return this.#listeners.size > 0 ? (event) => this.#tell(event) : undefined
  }

  #tell({ query, parameters }: BeforeQueryEvent): void {
    const statement = { sql: query, parameters: Array.isArray(parameters) ? parameters : [] }
    for (const listener of this.#listeners) listener(statement)
  }
}
