import { asAppException, type Id, type Model, type ModelDataSource, type RowData, type View } from 'plinth'
import type { BehaviourOptions, ContextOfRows } from './behaviour-options.js'
import { everyColumn } from './every-column.js'
import type { Outcome, Placed } from './operation.js'

/** How repositories are used here, whatever entity they are of. */
interface Rows {
  insert(row: object): Promise<{ readonly identifiers: readonly RowData[] }>
  create(values: object): object
  update(ids: readonly Id[], values: object): Promise<{ readonly affected?: number | null }>
  delete(ids: readonly Id[]): Promise<{ readonly affected?: number | null }>
  find(options?: object): Promise<readonly RowData[]>
  count(): Promise<number>
  findById(id: Id): Promise<RowData | null>
  unscoped(): Rows
  view(name: string, ...given: readonly unknown[]): Rows
}

/** What the rows of an entity look like from one context. */
export interface Sighting {
  /** All rows but those that locked scopes hide. */
  readonly all: readonly RowData[]
  /** What each look shows; the plain one has no name. */
  readonly looks: ReadonlyMap<string, Look>
}

interface Look extends Seen {
  /** How it looks, where it is no plain one. */
  readonly view?: Pick<View, 'without' | 'where'>
}

/** The ids of rows, and how many are counted. */
interface Seen {
  readonly ids: readonly string[]
  readonly count: number
}

/** A view, and what it is given. */
interface GivenView {
  readonly name: string
  readonly given: readonly unknown[]
  readonly view: Pick<View, 'without' | 'where'>
}

const everywhere: ContextOfRows = { name: 'everywhere', run: (work) => work() }

/** The entity in its database. */
export class World {
  readonly model: Model
  readonly primary: string
  readonly contexts: readonly ContextOfRows[]
  /** Codes of refusals that nobody can predict. */
  readonly refusals: ReadonlySet<string>
  readonly #dataSource: ModelDataSource
  readonly #table: string
  readonly #views: readonly GivenView[]
  readonly #all: object

  constructor(model: Model, { dataSource, contexts, refusals = [], views = {} }: BehaviourOptions) {
    const { primaryColumns, tablePath } = dataSource.getMetadata(model.entity)
    const [primary, ...others] = primaryColumns
    if (!primary || others.length > 0) {
      throw new TypeError(
        `checkBehaviours needs an entity with a primary key of one column; ${model.name} has another.`,
      )
    }
    this.model = model
    this.primary = primary.propertyName
    this.contexts = contexts && contexts.length > 0 ? contexts : [everywhere]
    this.refusals = new Set(refusals)
    this.#dataSource = dataSource
    this.#views = viewsOf(model, views)
    this.#all = { select: everyColumn(dataSource.getMetadata(model.entity)) }
    this.#table = tablePath
      .split('.')
      .map((part) => dataSource.driver.escape(part))
      .join('.')
  }

  /** @throws {Error} when there are rows: they would be taken for those of a leak, and they would be removed. */
  async assertEmpty(): Promise<void> {
    const rows: unknown = await this.#dataSource.query(`SELECT 1 FROM ${this.#table} LIMIT 1`)
    if (Array.isArray(rows) && rows.length === 0) return
    throw new Error(
      `checkBehaviours removes every ${this.model.name}, so it needs an empty table. Give it a database of its own.`,
    )
  }

  async clear(): Promise<void> {
    await this.#dataSource.query(`DELETE FROM ${this.#table}`)
  }

  /** Carries out an operation, and says what came of it. What is no refusal is thrown: no client may ever see it. */
  async perform({ operation, ids }: Placed): Promise<Outcome> {
    try {
      return await this.context(operation.context).run(() => this.#send({ operation, ids }))
    } catch (error) {
      const refusal = asAppException(error, this.#dataSource)
      if (!refusal) throw error
      return { done: false, error: refusal, statusCode: refusal.statusCode, code: refusal.errorCode }
    }
  }

  context(index: number): ContextOfRows {
    return this.contexts[index] ?? everywhere
  }

  /** Looks at the rows from a context in every way there is. */
  look(context: ContextOfRows): Promise<Sighting> {
    return context.run(async () => {
      const all = await this.#rows.unscoped().find(this.#all)
      const looks = new Map<string, Look>([['', await this.#seen(this.#rows)]])
      for (const { name, given, view } of this.#views) {
        const look = given.length > 0 ? `${name}(${JSON.stringify(given).slice(1, -1)})` : name
        looks.set(look, { ...(await this.#seen(this.#rows.view(name, ...given))), view })
      }
      return { all, looks }
    })
  }

  idOf(row: RowData): string {
    return String(row[this.primary])
  }

  async #seen(rows: Rows): Promise<Seen> {
    const found = await rows.find()
    return { ids: found.map((row) => this.idOf(row)), count: await rows.count() }
  }

  async #send({ operation, ids }: Placed): Promise<Outcome> {
    switch (operation.kind) {
      case 'create': {
        const { identifiers } = await this.#rows.insert(this.#rows.create(operation.values))
        return { done: true, affected: 1, id: identifiers[0]?.[this.primary] as Id }
      }
      case 'update':
        return affected(await this.#rows.update(ids, operation.values))
      case 'delete':
        return affected(await this.#rows.delete(ids))
      default: {
        const verbs = this.#rows as unknown as Readonly<
          Record<string, (ids: readonly Id[], input: RowData) => Promise<{ affected: number }>>
        >
        const run = verbs[operation.verb]
        if (!run) throw new TypeError(`The repository of ${this.model.name} has no verb "${operation.verb}".`)
        return affected(await run.call(verbs, ids, operation.values))
      }
    }
  }

  get #rows(): Rows {
    return this.#dataSource.getRepository(this.model.entity as never)
  }
}

const affected = (result: { readonly affected?: number | null }): Outcome => ({
  done: true,
  affected: result.affected ?? 0,
})

/** The views of an entity; those that depend on what they are given, once for each list of arguments. */
function viewsOf(model: Model, given: NonNullable<BehaviourOptions['views']>): readonly GivenView[] {
  const unknown = Object.keys(given).find((name) => model.views[name]?.make === undefined)
  if (unknown !== undefined) throw new TypeError(`${model.name} has no view "${unknown}" that is given something.`)
  return Object.entries(model.views).flatMap(([name, view]) => {
    const { make } = view
    if (!make) return [{ name, given: [], view }]
    return (given[name] ?? []).map((list) => ({ name, given: list, view: make(...(list as never[])) }))
  })
}
