import { type ColumnOptions, getMetadataArgsStorage } from 'typeorm'
import { MetadataArgsStorage } from 'typeorm/metadata-args/MetadataArgsStorage.js'
import { type AnyClass, ancestry } from '../../metadata/fact-kind.js'
import type { Model } from '../../model/model.js'
import type { Dialect } from '../dialects/dialect.js'

/** A relation with `onDelete`, and the entity it leads to: a class, or a name. */
export interface DatabaseDelete {
  readonly property: string
  readonly action: string
  readonly type: unknown
}

const changing: ReadonlySet<string> = new Set(['CASCADE', 'SET NULL', 'SET DEFAULT'])

type Columns = MetadataArgsStorage['columns']
/** A column as it was declared. */
export type Column = Columns[number]
type Target = Column['target']

/** A relation as it was declared. */
export type Relation = MetadataArgsStorage['relations'][number]

/** A column, and where it stands among all. */
interface PlacedColumn {
  readonly place: number
  readonly column: Column
}

/**
 * What TypeORM's decorators recorded, as one application sees it: a copy, limited to its entities, to which the columns
 * of their models are added. TypeORM's own storage, which is global to the process, is only read.
 */
export class ModelStorage extends MetadataArgsStorage {
  readonly #models: readonly Model[]
  readonly #placed = new Map<Target, PlacedColumn[]>()
  readonly #tables = new Map<unknown, MetadataArgsStorage['tables']>()
  #seen = 0

  constructor(models: readonly Model[]) {
    super()
    this.#models = models
    const recorded = getMetadataArgsStorage()
    for (const kind of Object.keys(recorded) as (keyof MetadataArgsStorage)[]) {
      const facts: unknown = recorded[kind]
      if (Array.isArray(facts)) Object.assign(this, { [kind]: [...facts] })
    }
    const entities = new Set<unknown>(models.map(({ entity }) => entity))
    Object.assign(this, {
      tables: this.tables.filter(({ target }) => entities.has(target)),
      // TypeORM's builder writes into the options of columns.
      columns: this.columns.map((column) => ({ ...column, options: { ...column.options } })),
    })
    for (const table of this.tables) this.#tables.set(table.target, [...this.#tablesOf(table.target), table])
  }

  /** Whether TypeORM knows the class as an entity. */
  isEntity(entity: AnyClass): boolean {
    return this.#tables.has(entity)
  }

  /** Whether the class is a view of the database, whose rows need no key. */
  isView(entity: AnyClass): boolean {
    return this.#tablesOf(entity).some(({ type }) => type === 'view')
  }

  /** Adds the columns of every model, translated for an engine. Properties with a `@Column` of their own keep it. */
  install(dialect: Dialect): void {
    const declared = this.#models.map(({ entity }) => new Set(this.#placedIn(ancestry(entity)).map(nameOfPlaced)))
    for (const [index, { entity, columns }] of this.#models.entries()) {
      const shared = new Set(this.sharedBy(entity).flatMap((model) => Object.keys(model.columns)))
      for (const [property, column] of Object.entries(columns)) {
        if (!declared[index]!.has(property) && !shared.has(property))
          this.addColumn(entity, property, dialect.columnOptions(column))
      }
    }
  }

  /** How an entity's own table was named, and where it stands. */
  placeOf(entity: AnyClass): { readonly name?: string; readonly schema?: string; readonly database?: string } {
    const { name, schema, database } = this.#tablesOf(entity)[0] ?? {}
    return { ...(name && { name }), ...(schema && { schema }), ...(database && { database }) }
  }

  addColumn(target: Target, propertyName: string, options: ColumnOptions, mode: Columns[number]['mode'] = 'regular') {
    this.columns.push({ target, propertyName, mode, options })
  }

  /** The models an entity shares its table with from above: single-table inheritance gives it their columns. */
  sharedBy(entity: AnyClass): readonly Model[] {
    if (!this.#tablesOf(entity).some(({ type }) => type === 'entity-child')) return []
    const above = ancestry(entity).slice(0, -1)
    return this.#models.filter((model) => above.includes(model.entity))
  }

  /** Whether an entity itself, apart from those it shares its table with from above, declares anything unique. */
  declaresUnique(entity: AnyClass): boolean {
    const above = new Set(this.sharedBy(entity).flatMap((model) => ancestry(model.entity)))
    return this.#uniqueIn(ancestry(entity).filter((target) => !above.has(target)))
  }

  #tablesOf(target: unknown): MetadataArgsStorage['tables'] {
    return this.#tables.get(target) ?? []
  }

  #uniqueIn(tree: Target[]): boolean {
    const oneToOne = this.filterRelations(tree).filter(({ relationType }) => relationType === 'one-to-one')
    return (
      this.filterUniques(tree).length > 0 ||
      this.filterIndices(tree).some(({ unique, where }) => unique && where === undefined) ||
      oneToOne.some(({ propertyName }) =>
        tree.some((target) => this.filterJoinColumns(target, propertyName).length > 0),
      ) ||
      this.filterEmbeddeds(tree).some(({ type }) => {
        const inner = typeof type === 'function' ? type() : type
        return typeof inner === 'function' && this.#uniqueIn(nearestFirst(inner as AnyClass))
      })
    )
  }

  /** The columns an entity has, by path; those of embedded objects too. */
  columnPaths(entity: AnyClass): ReadonlySet<string> {
    return new Set(this.#placesIn(entity).map(({ path }) => path))
  }

  /** The relations of an entity. */
  relationNames(entity: AnyClass): ReadonlySet<string> {
    return new Set(this.relationsOf(entity).map(({ propertyName }) => propertyName))
  }

  relationsOf(entity: AnyClass): readonly Relation[] {
    return this.filterRelations(nearestFirst(entity))
  }

  /** The properties that are the primary key of an entity, by path; what it declares itself counts before its traits. */
  primaryProperties({ entity, columns }: Model): ReadonlySet<string> {
    const declared = this.#placesIn(entity)
    const own = new Set(declared.map(({ path }) => path))
    const given = Object.keys(columns).filter((name) => columns[name]!.primary && !own.has(name))
    return new Set([...declared.filter(({ column }) => column.options.primary).map(({ path }) => path), ...given])
  }

  /** The properties of an entity itself whose values its @PrimaryGeneratedColumn makes. */
  generatedKeys(entity: AnyClass): readonly string[] {
    const tree = nearestFirst(entity)
    return this.filterColumns(tree)
      .filter(({ target, propertyName, options }) => options.primary && this.findGenerated(target, propertyName))
      .map(({ propertyName }) => propertyName)
  }

  /** The column that an entity declares for a property itself, where it does. */
  declaredColumn(entity: AnyClass, property: string): Column | undefined {
    return this.filterColumns(nearestFirst(entity)).find(({ propertyName }) => propertyName === property)
  }

  /** What the database itself does to rows of an entity when those they refer to are removed. */
  databaseDeletes(entity: AnyClass): readonly DatabaseDelete[] {
    return this.filterRelations(nearestFirst(entity)).flatMap(({ propertyName: property, type, options }) => {
      const { onDelete: action } = options
      if (action === undefined || !changing.has(action)) return []
      return { property, action, type: typeof type === 'function' ? (type as () => unknown)() : type }
    })
  }

  /** The relations an entity holds the key of. */
  keyRelations(entity: AnyClass): ReadonlySet<string> {
    const toOne = this.filterRelations(nearestFirst(entity)).filter(({ relationType }) => relationType.endsWith('-one'))
    return new Set(toOne.map(({ propertyName }) => propertyName))
  }

  /** Of several declarations of a property the nearest to the class counts; TypeORM itself takes the first one made. */
  override filterColumns(target: Target | Target[]): Columns {
    const tree = Array.isArray(target) ? target : [target]
    const nearest = new Map<string, Column>()
    // A property keeps the place of its first declaration.
    for (const { column } of this.#placedIn(tree)) {
      const { propertyName } = column
      const known = nearest.get(propertyName)
      if (!known || tree.indexOf(column.target) < tree.indexOf(known.target)) nearest.set(propertyName, column)
    }
    return [...nearest.values()]
  }

  /** The columns that some classes declare, in the order of all. There may be thousands, most of other entities. */
  #placedIn(targets: readonly Target[]): readonly PlacedColumn[] {
    for (; this.#seen < this.columns.length; this.#seen += 1) {
      const column = this.columns[this.#seen]!
      const placed = this.#placed.get(column.target) ?? []
      this.#placed.set(column.target, placed)
      placed.push({ place: this.#seen, column })
    }
    return targets.flatMap((target) => this.#placed.get(target) ?? []).sort((one, other) => one.place - other.place)
  }

  #placesIn(target: AnyClass, prefix = ''): readonly { readonly path: string; readonly column: Column }[] {
    const tree = nearestFirst(target)
    const embedded = this.filterEmbeddeds(tree).flatMap(({ type, propertyName }) => {
      const inner = typeof type === 'function' ? type() : type
      return typeof inner === 'function' ? this.#placesIn(inner as AnyClass, `${prefix}${propertyName}.`) : []
    })
    return [...this.filterColumns(tree).map((column) => ({ path: prefix + column.propertyName, column })), ...embedded]
  }
}

const nearestFirst = (entity: AnyClass): Target[] => ancestry(entity).toReversed()

const nameOfPlaced = ({ column }: PlacedColumn): string => column.propertyName
