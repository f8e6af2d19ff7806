import type { EntityMetadata, ObjectLiteral, QueryBuilder } from 'typeorm'
import type { Model } from '../../model/model.js'
import { valueOf } from '../../model/operand.js'
import { type Predicate, variablesOf } from '../../model/predicate.js'
import type { ModelDataSource } from '../data-source.js'
import { predicateSql } from '../predicate-sql.js'
import { columnOf, columnTerm } from '../schema/column-terms.js'
import { type RowSource, sharingFromBelow } from './row-source.js'
import { combined, plainSight, type Sight, viewed } from './sight.js'

/** A query builder whose statements are guarded. */
export interface Guarded extends QueryBuilder<ObjectLiteral> {
  readonly guard: Guard
}

/** How a statement looks at an entity: at the main one, by its metadata, or at a joined one, by its alias. */
interface Look {
  readonly sight: Sight
  readonly metadata?: EntityMetadata
  readonly alias?: string
}

/** Rows of one kind in a shared table, and what guards them besides. */
interface Kind {
  readonly kind: EntityMetadata
  readonly predicates: readonly Predicate[]
}

/** What a guard was told about its statement. */
interface Knowledge {
  readonly looks: readonly Look[]
  /** The entity whose rows the caller holds, and how the statement names them. */
  readonly held?: Pick<RowSource, 'metadata' | 'role'>
  readonly persistence: boolean
}

/**
 * Which rows a statement may touch. Statements come from two sides:
 *
 * - Callers, by repositories, managers and builders. Every default scope guards every entity they name, until it is
 *   removed by name.
 * - TypeORM itself, when it carries out `save` and `remove`, reads back what it has just written, or looks for the
 *   relations of loaded rows. It names rows by their primary key because the caller holds them; a scope that hides a
 *   row must not turn its save into an insert. So only locked scopes guard them: those are not about visibility, and
 *   no way of writing may reach past them.
 */
export class Guard {
  readonly #dataSource: ModelDataSource
  readonly #knowledge: Knowledge

  constructor(dataSource: ModelDataSource, knowledge: Knowledge = { looks: [], persistence: false }) {
    this.#dataSource = dataSource
    this.#knowledge = knowledge
  }

  /** The same guard with another sight of an entity where it is the main one, on top of what it has. */
  seeing(sight: Sight, metadata: EntityMetadata): Guard {
    return this.#knowing({ looks: [...this.#knowledge.looks, { sight, metadata }] })
  }

  /** The same guard with another sight of a joined entity. */
  seeingJoined(sight: Sight, alias: string): Guard {
    return this.#knowing({ looks: [...this.#knowledge.looks, { sight, alias }] })
  }

  /** For a statement by which TypeORM looks for what belongs to rows its caller already holds, hidden or not. */
  holding(held: Pick<RowSource, 'metadata' | 'role'>): Guard {
    return this.#knowing({ held })
  }

  forPersistence(): Guard {
    return this.#knowing({ persistence: true })
  }

  /** Whether TypeORM's own persistence made the statement. */
  get persistence(): boolean {
    return this.#knowledge.persistence
  }

  /** Whether anything was removed, or asked for besides. */
  get looks(): boolean {
    return this.#knowledge.looks.length > 0
  }

  /** The model of an entity; undefined for tables that have none, such as junction tables. */
  model(metadata: EntityMetadata): Model | undefined {
    return this.#dataSource.modelOf(metadata.target)
  }

  /** Whether any scope may hide rows of an entity. */
  hides(metadata: EntityMetadata): boolean {
    const kinds = [metadata, ...sharingFromBelow(metadata)]
    return kinds.some((kind) => Object.values(this.model(kind)?.scopes ?? {}).some(guards))
  }

  /** The conditions on the rows of one source, as SQL in parentheses. Their values are bound to the builder now. */
  conditions(source: RowSource, builder: Guarded): readonly string[] {
    const qualifier = source.name === undefined ? '' : `${builder.escape(source.name)}.`
    const written = (predicate: Predicate) =>
      predicateSql(predicate, {
        dialect: this.#dataSource.dialect,
        column: (property) => columnTerm(source.metadata, property, qualifier),
        value: (operand, property) => bind(builder, source.metadata, property, valueOf(operand)),
        plain: (value) => bindValue(builder, value),
      })
    const own = this.#predicates(source, builder).map(written)
    const shared = this.#sharedPredicates(source, builder).map(({ kind, predicates }) => {
      const discriminator = qualifier + builder.escape(kind.discriminatorColumn?.databaseName ?? '')
      const others = `${discriminator} <> ${bindValue(builder, kind.discriminatorValue)}`
      return `(${others} OR (${predicates.map(written).join(' AND ')}))`
    })
    return [...own, ...shared]
  }

  /** The context variables that decide which rows of a source are shown, with their present values. */
  context(source: RowSource, builder: Guarded): readonly unknown[] {
    const shared = this.#sharedPredicates(source, builder).flatMap(({ predicates }) => predicates)
    return [...this.#predicates(source, builder), ...shared].flatMap(variablesOf).map(valueOf)
  }

  #predicates(source: RowSource, builder: Guarded, known: readonly string[] = []): readonly Predicate[] {
    const model = this.model(source.metadata)
    if (!model) return []
    const scopes = Object.entries(model.scopes).filter(([name, scope]) => guards(scope) && !known.includes(name))
    if (this.#namesHeldRows(source, builder)) {
      return scopes.filter(([, { locked }]) => locked).map(([, { where }]) => where)
    }
    const sight = this.#sightOf(model, source, builder)
    const remaining = scopes.filter(([name, { locked }]) => locked || !sight.without.has(name))
    return [...remaining.map(([, { where }]) => where), ...sight.where]
  }

  /** What only some kinds of rows in a shared table are guarded by. */
  #sharedPredicates(source: RowSource, builder: Guarded): readonly Kind[] {
    const kinds = sharingFromBelow(source.metadata)
    if (kinds.length === 0) return []
    const own = new Set<unknown>(this.#predicates(source, builder))
    const known = Object.keys(this.model(source.metadata)?.scopes ?? {})
    return kinds.flatMap((kind) => {
      const all = this.#predicates({ ...source, metadata: kind }, builder, known)
      const predicates = all.filter((predicate) => !own.has(predicate))
      return predicates.length > 0 ? [{ kind, predicates }] : []
    })
  }

  #namesHeldRows({ metadata, role }: RowSource, builder: Guarded): boolean {
    const { persistence, held } = this.#knowledge
    return persistence || rereads(builder) || (held?.metadata === metadata && held.role === role)
  }

  #sightOf(model: Model, source: RowSource, { expressionMap }: Guarded): Sight {
    const isMain = source.name === undefined || source.name === expressionMap.mainAlias?.name
    const looks = this.#knowledge.looks.filter(({ alias, metadata }) =>
      alias === undefined ? isMain && metadata && sharesRows(metadata, source.metadata) : alias === source.name,
    )
    const asked = looks.reduce((sum, { sight }) => combined(sum, sight), plainSight)
    // TypeORM has a word of its own for looking behind a scope; it works where the entity has a view of that name.
    const everything = expressionMap.withDeleted && Object.hasOwn(model.views, 'withDeleted')
    return everything ? combined(asked, viewed(model, 'withDeleted')) : asked
  }

  #knowing(more: Partial<Knowledge>): Guard {
    return new Guard(this.#dataSource, { ...this.#knowledge, ...more })
  }
}

/** Whether rows of one entity are rows of the other: the same, or one that shares its table from below. */
function sharesRows(seen: EntityMetadata, metadata: EntityMetadata): boolean {
  return seen === metadata || sharingFromBelow(seen).includes(metadata)
}

const guards = ({ default: byDefault, locked }: Model['scopes'][string]): boolean =>
  byDefault === true || locked === true

/** TypeORM marks with this option the reads by which it fetches the generated values of rows it has just written. */
const rereads = ({ expressionMap }: Guarded): boolean => expressionMap.options.includes('create-pojo')

function bind(builder: Guarded, metadata: EntityMetadata, property: string, value: unknown): string {
  const column = columnOf(metadata, property)
  return bindValue(builder, column ? metadata.dataSource.driver.preparePersistentValue(value, column) : value)
}

let bound = 0

/** Names are unique in the process, because the text of one query may become part of another. */
function bindValue(builder: Guarded, value: unknown): string {
  const name = `plinth_scope_${++bound}`
  builder.setParameter(name, value)
  return `:${name}`
}
