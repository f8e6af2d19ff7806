import { sendTogether, type Telling } from './postgres-message.js'
import { planName } from './postgres-plans.js'
import { textsOf } from './postgres-values.js'
import type { RawRows, ReadStatement } from './read-engine.js'

/** What a server says of a value that a statement gives. */
interface Field {
  readonly dataTypeID: number
}

/** The connection beneath a client of the driver: what its cursors and streams work with too. */
interface Connection extends Telling {
  /** The texts of the statements that it has prepared, by name. */
  readonly parsedStatements: Readonly<Record<string, string | undefined>>
  parse(statement: { readonly text: string; readonly name: string }): void
  bind(values: { readonly statement: string; readonly values: readonly (string | null)[] }): void
  describe(what: { readonly type: 'P'; readonly name: string }): void
  execute(what: { readonly portal: string; readonly rows: number }): void
  sync(): void
}

/** A client of the driver that is not the native one. */
export interface PreparingClient {
  readonly connection: Connection
  query(statement: PreparedText): void
  getTypeParser(type: number, format: 'text'): (text: string) => unknown
}

/** The columns of what a statement gives. */
interface Description {
  readonly types: readonly number[]
  readonly parserOf: NonNullable<RawRows['parserOf']>
}

/** A statement as it is sent. */
interface NamedText {
  readonly name: string
  readonly text: string
  readonly values: readonly (string | null)[]
  /** The savepoint that is set and released by the same message. */
  readonly savepoint?: string | undefined
}

/** What each connection has said of the statements that it has prepared. */
const described = new WeakMap<Connection, Map<string, Description>>()

/**
 * A statement that a connection prepares by its name, and whose rows stay the text that the server sent: an object that a
 * client of `pg` submits as it does its own queries (`Submittable`). What the columns are is asked once: a server refuses a
 * prepared statement whose columns have become others (SQLSTATE 0A000).
 */
export class PreparedText {
  readonly name: string
  readonly text: string
  /** The client puts another in its place where statements have a time limit. */
  callback: (error: Error | null | undefined, rows?: RawRows) => void
  readonly #values: readonly (string | null)[]
  readonly #savepoint: string | undefined
  readonly #client: PreparingClient
  readonly #rows: (readonly unknown[])[] = []
  #description: Description | undefined
  #affected: number | undefined
  /** How many statements of the message are done. */
  #completed = 0

  constructor(client: PreparingClient, named: NamedText, callback: PreparedText['callback']) {
    this.name = planName(client, named.name)
    this.text = named.text
    this.callback = callback
    this.#values = named.values
    this.#savepoint = named.savepoint
    this.#client = client
  }

  /** Sends all of it at once. */
  submit(connection: Connection): Error | null {
    const { name, text } = this
    const parsed = connection.parsedStatements[name]
    if (parsed !== undefined && parsed !== text) return new Error(`Another statement was prepared as "${name}".`)
    this.#description = parsed === undefined ? undefined : described.get(connection)?.get(name)
    const savepoint = this.#savepoint
    sendTogether(connection, (draft) => {
      if (savepoint !== undefined) send(draft, `SAVEPOINT ${savepoint}`)
      if (parsed === undefined) draft.parse({ text, name })
      draft.bind({ statement: name, values: this.#values })
      if (!this.#description) draft.describe({ type: 'P', name: '' })
      draft.execute({ portal: '', rows: 0 })
      if (savepoint !== undefined) send(draft, `RELEASE SAVEPOINT ${savepoint}`)
      draft.sync()
    })
    return null
  }

  handleRowDescription({ fields }: { readonly fields: readonly Field[] }): void {
    this.#describe(fields.map(({ dataTypeID }) => dataTypeID))
  }

  handleDataRow({ fields }: { readonly fields: readonly unknown[] }): void {
    this.#rows.push(fields)
  }

  /** @param text such as `UPDATE 1`. */
  handleCommandComplete({ text }: { readonly text: string }): void {
    this.#completed += 1
    if (this.#savepoint !== undefined && this.#completed !== 2) return
    this.#affected = Number(text.slice(text.lastIndexOf(' ') + 1))
    if (!this.#description) this.#describe([])
  }

  handleError(error: Error): void {
    this.callback(error)
  }

  handleReadyForQuery(): void {
    const { types, parserOf } = this.#description!
    const rows = this.#rows
    const affected = this.#affected!
    this.callback(undefined, types.length === 0 ? { rows, affected, types, parserOf } : { rows, types, parserOf })
  }

  #describe(types: readonly number[]): void {
    const client = this.#client
    const { connection } = client
    this.#description = { types, parserOf: (type) => client.getTypeParser(type, 'text') }
    const known = described.get(connection) ?? new Map<string, Description>()
    described.set(connection, known.set(this.name, this.#description))
  }
}

/** Adds a statement without values to a message. */
function send(connection: Connection, text: string): void {
  connection.parse({ text, name: '' })
  connection.bind({ statement: '', values: [] })
  connection.execute({ portal: '', rows: 0 })
}

/** Whether a connection has prepared a statement and said what it gives. */
export function isPreparedBy(client: object, { name, sql }: ReadStatement): boolean {
  if (name === undefined || !prepares(client)) return false
  const { connection } = client
  const plan = planName(client, name)
  return connection.parsedStatements[plan] === sql && described.get(connection)?.has(plan) === true
}

/** A statement that is sent so; undefined where the driver has ways of its own for its values, or for all statements. */
export function preparedText(
  client: object,
  { sql, name, parameters, savepoint }: ReadStatement,
  callback: PreparedText['callback'],
): PreparedText | undefined {
  if (name === undefined || !prepares(client)) return undefined
  const values = textsOf(parameters)
  return values && new PreparedText(client, { name, text: sql, values, savepoint }, callback)
}

/** A pipeline and the native client take no queries but those of the driver. */
function prepares(client: object): client is PreparingClient {
  const { connection, pipeline } = client as { readonly connection?: Partial<Connection>; readonly pipeline?: boolean }
  return typeof connection?.bind === 'function' && connection.parsedStatements !== undefined && !pipeline
}
