import type { EntityMetadata, ObjectLiteral, QueryBuilder } from 'typeorm'
import type { Model } from '../../model/model.js'
import { valueOf } from '../../model/operand.js'
import type { Predicate } from '../../model/predicate.js'
import type { ModelDataSource } from '../data-source.js'
import { predicateSql } from '../predicate-sql.js'
import { columnOf, columnTerm } from '../schema/column-terms.js'
import { combined, plainSight, type Sight, viewed } from './sight.js'

/** A query builder whose statements are guarded. */
export interface Guarded extends QueryBuilder<ObjectLiteral> {
  readonly guard: Guard
}

/** A name rows are known by in a statement. Updates and deletes know the rows of their table by no name. */
export interface RowSource {
  readonly name: string | undefined
  readonly metadata: EntityMetadata
  /** Whether the rows are found by a relation of others. */
  readonly related?: boolean
}

/** How a statement looks at an entity: at the main one, by its metadata, or at a joined one, by its alias. */
interface Look {
  readonly sight: Sight
  readonly metadata?: EntityMetadata
  readonly alias?: string
}

/** What a guard was told about its statement. */
interface Knowledge {
  readonly looks: readonly Look[]
  /** The entity whose rows the caller holds. */
  readonly held?: EntityMetadata
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
  holding(held: EntityMetadata): Guard {
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
    return Object.values(this.model(metadata)?.scopes ?? {}).some(guards)
  }

  /** The conditions on the rows of one source, as SQL. Their values are bound to the builder now. */
  conditions(source: RowSource, builder: Guarded): readonly string[] {
    const { name, metadata } = source
    const model = this.model(metadata)
    if (!model) return []
    const qualifier = name === undefined ? '' : `${builder.escape(name)}.`
    return this.#predicates(model, source, builder).map((predicate) =>
      predicateSql(predicate, {
        dialect: this.#dataSource.dialect,
        column: (property) => columnTerm(metadata, property, qualifier),
        value: (operand, property) => bind(builder, metadata, property, valueOf(operand)),
      }),
    )
  }

  #predicates(model: Model, source: RowSource, builder: Guarded): readonly Predicate[] {
    const scopes = Object.entries(model.scopes).filter(([, scope]) => guards(scope))
    if (this.#namesHeldRows(source, builder)) {
      return scopes.filter(([, { locked }]) => locked).map(([, { where }]) => where)
    }
    const sight = this.#sightOf(model, source, builder)
    const remaining = scopes.filter(([name, { locked }]) => locked || !sight.without.has(name))
    return [...remaining.map(([, { where }]) => where), ...sight.where]
  }

  #namesHeldRows({ metadata, related }: RowSource, builder: Guarded): boolean {
    const { persistence, held } = this.#knowledge
    return persistence || rereads(builder) || (held === metadata && !related)
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
  return seen === metadata || seen.childEntityMetadatas.includes(metadata)
}

const guards = ({ default: byDefault, locked }: Model['scopes'][string]): boolean =>
  byDefault === true || locked === true

/** TypeORM marks with this option the reads by which it fetches the generated values of rows it has just written. */
const rereads = ({ expressionMap }: Guarded): boolean => expressionMap.options.includes('create-pojo')

let bound = 0

/** Names are unique in the process, because the text of one query may become part of another. */
function bind(builder: Guarded, metadata: EntityMetadata, property: string, value: unknown): string {
  const name = `scope_${++bound}`
  const column = columnOf(metadata, property)
  builder.setParameter(name, column ? metadata.dataSource.driver.preparePersistentValue(value, column) : value)
  return `:${name}`
}
