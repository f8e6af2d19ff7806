import { NotFoundError } from '../../errors/exceptions.js'
import { isFailure } from '../../errors/failure.js'
import { type Awaitable, andThen } from '../../helpers/awaitable.js'
import { jsonList } from '../../helpers/json-list.js'
import type { Naming } from '../../helpers/naming.js'
import type { EntityRow } from '../../orm/entity-row.js'
import { ListQuery } from '../../orm/lists/list-query.js'
import { canRead, readTexts } from '../../orm/reads/read-list.js'
import { ReadRow, type TextForm } from '../../orm/reads/row-form.js'
import { SeenRow } from '../../orm/reads/seen-row.js'
import type { Selection } from '../../orm/selection.js'
import type { ActionModel } from '../action-model.js'
import { tagText } from '../conditional/entity-tag.js'
import { httpDate } from '../conditional/http-date.js'
import type { RowValidators } from '../conditional/validators.js'
import type { Exchange } from '../exchange.js'
import type { PipelineHost } from '../host.js'
import type { ListRequest } from '../lists/compile-list.js'
import type { Page, ReadSlice } from '../lists/pager.js'
import { isSelection, isSuccess } from '../outcome.js'
import { pageLinks } from '../page-links.js'
import { exceptionOf } from '../problem/failure-exception.js'
import type { ActionReading } from '../reading/action-reading.js'
import { joinedHeaders, jsonHeaders, Reply, type ReplyHeaders } from '../reply.js'
import type { Run } from '../step.js'
import type { CompiledModel } from './compiled-model.js'
import { type Representing, representing } from './representing.js'

/** The most rows a selection without pages may have. */
const rowLimit = 1000

/**
 * Turns what the action returned into the reply.
 * @param common headers of all answers that it makes: they are made once, with them, rather than copied for each step.
 */
export function encode(
  action: ActionModel,
  model: CompiledModel | undefined,
  host: PipelineHost,
  reading: ActionReading | undefined,
  common: ReplyHeaders = {},
): Run {
  const status = action.status ?? 200
  const headers = Object.freeze({ ...jsonHeaders, ...(status < 300 && common) })
  const parts = { action, model, reading, naming: host.naming, represent: representing(action, model, host) }
  const encoder = new Encoder({ ...parts, status, headers })
  return (exchange) => {
    const { outcome } = exchange
    const reply = isSelection(outcome) ? encoder.selection(exchange, outcome) : encoder.value(exchange, outcome)
    if (reply instanceof Promise) {
      return reply.then((made) => {
        exchange.reply = made
      })
    }
    exchange.reply = reply
    return undefined
  }
}

type Asked = Omit<ListRequest<never>, 'read'>

/** Headers of an answer that is being made. */
type NewHeaders = ReturnType<typeof joinedHeaders>

const textsBy =
  (form: TextForm, selection: Selection<EntityRow>, exchange: Exchange): ReadSlice<string> =>
  (options, slice, withKeys) =>
    readTexts(form, { selection, options, slice }, withKeys, exchange)

/** What an encoder is made of. */
interface Encoding {
  readonly action: ActionModel
  readonly model: CompiledModel | undefined
  readonly represent: Representing
  readonly reading: ActionReading | undefined
  readonly naming: Naming
  /** Of every answer in JSON. */
  readonly status: number
  readonly headers: ReplyHeaders
}

class Encoder {
  readonly #action: ActionModel
  readonly #model: CompiledModel | undefined
  readonly #represent: Representing
  readonly #reading: ActionReading | undefined
  readonly #naming: Naming
  readonly #status: number
  readonly #headers: ReplyHeaders

  constructor({ action, model, represent, reading, naming, status, headers }: Encoding) {
    this.#naming = naming
    this.#action = action
    this.#model = model
    this.#represent = represent
    this.#reading = reading
    this.#status = status
    this.#headers = headers
  }

  value(exchange: Exchange, outcome: unknown): Awaitable<Reply> {
    if (outcome instanceof Reply) return outcome
    if (outcome === undefined || outcome === null) return Reply.empty(this.#action.status ?? 204)
    if (this.#isRow(outcome)) return this.#row(exchange, outcome)
    if (outcome instanceof ReadRow) return this.#text(exchange, outcome)
    if (outcome instanceof SeenRow) return andThen(outcome.written(exchange), (row) => this.#text(exchange, row))
    if (isFailure(outcome)) throw exceptionOf(outcome)
    if (isSuccess(outcome)) return this.value(exchange, outcome.data)
    if (Array.isArray(outcome)) return this.#many(exchange, outcome as object[])
    return this.#row(exchange, outcome)
  }

  selection(exchange: Exchange, selection: Selection<EntityRow>): Awaitable<Reply> {
    if (this.#action.paginated) return this.#page(exchange, selection)
    return this.#action.on === 'row' ? this.#first(exchange, selection) : this.#all(exchange, selection)
  }

  #page(exchange: Exchange, selection: Selection<EntityRow>): Awaitable<Reply> {
    const { path, queryString, query } = exchange
    const model = this.#model
    if (!model) throw new Error(`${this.#action.viewSet.name}.${this.#action.name} has no entity to list.`)
    const request = { selection, query: query as Readonly<Record<string, unknown>>, path, queryString }
    const page = andThen(this.#reading?.form(exchange), (form) =>
      form && canRead(form, selection)
        ? model.list.page<string>({ read: textsBy(form, selection, exchange), ...request })
        : this.#entityPage(model, request, exchange),
    )
    return andThen(page, ({ rows, pagination, targets }) => {
      const text = `{"data":${jsonList(rows)},"pagination":${JSON.stringify(this.#naming.members(pagination))}}`
      return this.#reply(text, { link: pageLinks(path, queryString, targets, this.#naming), ...this.#headers })
    })
  }

  async #entityPage({ list }: CompiledModel, request: Asked, exchange: Exchange): Promise<Page<string>> {
    const { selection } = request
    const read: ReadSlice<EntityRow> = (options, slice, withKeys) =>
      new ListQuery(selection, options).read(slice, withKeys)
    const { rows, ...page } = await list.page({ ...request, read })
    return { ...page, rows: await this.#represent(exchange, rows) }
  }

  async #first(exchange: Exchange, selection: Selection<EntityRow>): Promise<Reply> {
    const row = await selection.first()
    if (!row) throw new NotFoundError('There is no such row.')
    return this.#row(exchange, row)
  }

  async #all(exchange: Exchange, selection: Selection<EntityRow>): Promise<Reply> {
    const rows = await selection.slice(0, rowLimit + 1).rows()
    if (rows.length > rowLimit) {
      throw new Error(`A selection of more than ${rowLimit} rows needs pages: write \`paginated: true\` at the action.`)
    }
    return this.#many(exchange, rows)
  }

  #row(exchange: Exchange, row: object): Awaitable<Reply> {
    return andThen(this.#represent(exchange, [row]), ([text = '']) =>
      this.#text(exchange, { text, held: row as ReadRow['held'] }),
    )
  }

  #text(exchange: Exchange, { text, held }: ReadRow): Reply {
    const headers = joinedHeaders(this.#headers)
    if (this.#action.input === 'create') this.#addLocation(headers, exchange, held)
    if (this.#model) addValidators(headers, this.#model.validators, held, text)
    return this.#reply(text, headers)
  }

  #many(exchange: Exchange, rows: readonly object[]): Awaitable<Reply> {
    return andThen(this.#represent(exchange, rows), (texts) => this.#reply(`{"data":${jsonList(texts)}}`))
  }

  #reply(text: string, headers = this.#headers): Reply {
    return new Reply(this.#status, text, headers)
  }

  /** Where the new row is found (RFC 9110 section 15.3.2): the collection's path with the primary key behind it. */
  #addLocation(headers: NewHeaders, { path }: Exchange, row: object): void {
    const [key, ...others] = this.#model?.description.primary ?? []
    const property = this.#action.model?.lookup ?? (others.length === 0 ? key?.name : undefined)
    const id = property === undefined ? undefined : (row as Readonly<Record<string, unknown>>)[property]
    if (typeof id !== 'string' && typeof id !== 'number') return
    headers['location'] = `${path.replace(/\/+$/, '')}/${encodeURIComponent(id)}`
  }

  /** Asked before anything else, because a row may have properties that make it look like a result. */
  #isRow(outcome: unknown): outcome is object {
    const { entity } = this.#action
    return entity !== undefined && outcome instanceof entity
  }
}

/** Says what tells this representation of a row from others, and when the row was last written. */
function addValidators(headers: NewHeaders, validators: RowValidators, row: object, text: string): void {
  headers['etag'] = tagText(validators.tagOf(row, text))
  const lastModified = validators.lastModifiedOf(row)
  if (lastModified) headers['last-modified'] = httpDate(lastModified)
}
