import type { EntityMetadata, ObjectLiteral, QueryBuilder } from 'typeorm'
import type { RelationMetadata } from 'typeorm/metadata/RelationMetadata.js'
import type { Model } from '../../model/model.js'
import type { Predicate, RelatedPredicate } from '../../model/predicate.js'
import type { RelationLook } from '../../model/relation-look.js'
import { isInForce, isLocked } from '../../model/scope.js'
import type { ModelDataSource } from '../data-source.js'
import { predicateSql } from '../predicate-sql.js'
import type { Bindings } from '../reads/binding.js'
import { columnTerm, indexedTerm } from '../schema/column-terms.js'
import { bind, bindValue } from './bind.js'
import { Looks } from './looks.js'
import { refersToNone, relatedExists, tableQualifier } from './related-exists.js'
import { unknownRelation } from './relation-path.js'
import { type RowSource, sharingFromBelow } from './row-source.js'
import { contextOf } from './scope-context.js'
import { asking, combined, plainSight, type Sight, viewed } from './sight.js'

/** A query builder whose statements are guarded. */
export interface Guarded extends QueryBuilder<ObjectLiteral> {
  readonly dataSource: ModelDataSource
  readonly guard: Guard
  /** Notes where the values of parameters come from, where somebody asks. */
  readonly bindings?: Bindings | undefined
  /** What `where` was given, of a statement that writes. */
  readonly criteria?: unknown
}

/** Rows of one kind in a shared table, and what guards them besides. */
interface Kind {
  readonly kind: EntityMetadata
  readonly predicates: readonly Predicate[]
}

/** What a guard was told about its statement. */
interface Knowledge {
  readonly looks: Looks
  /** The entity whose rows the caller holds, and how the statement names them; or that he holds all of them. */
  readonly held?: Pick<RowSource, 'metadata' | 'role'> | 'all'
  readonly persistence: boolean
  /** The relations whose owners are being dropped by the statement that this one is part of. */
  readonly dropping: readonly RelationMetadata[]
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

  constructor(dataSource: ModelDataSource, knowledge?: Knowledge) {
    this.#dataSource = dataSource
    const looks = new Looks((metadata) => this.model(metadata))
    this.#knowledge = knowledge ?? { looks, persistence: false, dropping: [] }
  }

  /** The same guard with another sight of an entity where it is the main one, on top of what it has. */
  seeing(sight: Sight, metadata: EntityMetadata): Guard {
    return this.#knowing({ looks: this.#knowledge.looks.at({ sight, metadata }) })
  }

  /** The same guard with another sight of a joined entity. */
  seeingJoined(sight: Sight, alias: string): Guard {
    return this.#knowing({ looks: this.#knowledge.looks.at({ sight, alias }) })
  }

  /** The same guard with another look at what a path of relations leads to from the main entity. */
  seeingRelation(look: RelationLook, path: string, metadata: EntityMetadata): Guard {
    return this.#knowing({ looks: this.#knowledge.looks.atPath({ look, path, metadata }) })
  }

  /** For a statement that loads a relation of rows another one has given: it looks at it as that one was told. */
  behind(relation: RelationMetadata, other: Guard): Guard {
    return this.#knowing({ looks: other.#knowledge.looks.behind(relation) })
  }

  /** For a statement inside of another, which asks whether rows behind a relation are shown. */
  inside(other: Guard, dropped?: RelationMetadata): Guard {
    const { dropping } = other.#knowledge
    return this.#knowing({ dropping: dropped ? [...dropping, dropped] : dropping })
  }

  /** For a statement by which TypeORM looks for what belongs to rows its caller already holds, hidden or not. */
  holding(held: Pick<RowSource, 'metadata' | 'role'> | 'all'): Guard {
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
    return this.#knowledge.looks.any
  }

  /** The model of an entity; undefined for tables that have none, such as junction tables. */
  model(metadata: EntityMetadata): Model | undefined {
    return this.#dataSource.modelOf(metadata.target)
  }

  /** Whether any scope may hide rows of an entity. */
  hides(metadata: EntityMetadata): boolean {
    return [metadata, ...sharingFromBelow(metadata)].some((kind) => {
      const { scopes = {}, relationLooks = {} } = this.model(kind) ?? {}
      const drops = Object.values(relationLooks).some(({ whenHidden }) => whenHidden === 'dropOwner')
      return drops || Object.values(scopes).some(isInForce)
    })
  }

  /** The conditions on the rows of one source, as SQL in parentheses. Their values are bound to the builder now. */
  conditions(source: RowSource, builder: Guarded): readonly string[] {
    const qualifier = source.name === undefined ? '' : `${builder.escape(source.name)}.`
    const written = (predicate: Predicate) =>
      predicateSql(predicate, {
        dialect: this.#dataSource.dialect,
        column: (property) => columnTerm(source.metadata, property, qualifier),
        indexed: indexedTerm(source.metadata, qualifier),
        value: (operand, property) => bind(builder, source.metadata, property, operand),
        plain: (value) => bindValue(builder, value),
        related: (predicate) => this.#related(predicate, source, builder),
      })
    const own = this.#predicates(source, builder).map(written)
    const shared = this.#sharedPredicates(source, builder).map(({ kind, predicates }) => {
      const discriminator = qualifier + builder.escape(kind.discriminatorColumn?.databaseName ?? '')
      const others = `${discriminator} <> ${bindValue(builder, kind.discriminatorValue)}`
      return `(${others} OR (${predicates.map(written).join(' AND ')}))`
    })
    return [...own, ...shared, ...this.#dropped(source, builder)]
  }

  /** What decides, apart from the statement itself, which rows of a source are shown: the context, at present. */
  context(source: RowSource, builder: Guarded): readonly unknown[] {
    const shared = this.#sharedPredicates(source, builder).flatMap(({ predicates }) => predicates)
    const dropping = this.#dropping(source, builder).map(({ inverseEntityMetadata }) => inverseEntityMetadata)
    const predicates = [...this.#predicates(source, builder), ...shared]
    return contextOf({ ...source, predicates, behind: dropping }, (metadata) => this.model(metadata))
  }

  /** How rows behind a relation of a source are seen by a statement that loads them, or their ids. */
  sightAlong(relation: RelationMetadata, source: RowSource, builder: Guarded): Sight {
    const model = this.model(relation.inverseEntityMetadata)
    return model ? this.#knowledge.looks.sightBehind(model, relation, source, builder) : plainSight
  }

  #predicates(source: RowSource, builder: Guarded, known: readonly string[] = []): readonly Predicate[] {
    const model = this.model(source.metadata)
    if (!model) return []
    const scopes = Object.entries(model.scopes).filter(([name, scope]) => isInForce(scope) && !known.includes(name))
    if (this.#namesHeldRows(source, builder)) {
      return scopes.filter(([, scope]) => isLocked(scope)).map(([, { where }]) => where)
    }
    const sight = this.#sightOf(model, source, builder)
    const remaining = scopes.filter(([name, scope]) => isLocked(scope) || !sight.without.has(name))
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

  /** Rows that refer to hidden ones by a relation whose owners are dropped. */
  #dropped(source: RowSource, builder: Guarded): readonly string[] {
    const qualifier = qualifierOf(source, builder)
    return this.#dropping(source, builder).map((relation) => {
      const asked = { relation, qualifier }
      const shown = relatedExists(asked, builder, (query) => {
        query.guard = query.guard.inside(this, relation)
      })
      return `(${refersToNone(asked, builder)} OR ${shown})`
    })
  }

  #dropping(source: RowSource, builder: Guarded): readonly RelationMetadata[] {
    if (this.#namesHeldRows(source, builder)) return []
    const { looks, dropping } = this.#knowledge
    return looks.dropping(source, builder).filter((relation) => !dropping.includes(relation))
  }

  #related({ relation: name, where, view }: RelatedPredicate, source: RowSource, builder: Guarded): string {
    const relation = source.metadata.findRelationWithPropertyPath(name)
    if (!relation) throw unknownRelation(source.metadata, name)
    const model = this.model(relation.inverseEntityMetadata)
    return relatedExists({ relation, qualifier: qualifierOf(source, builder) }, builder, (query) => {
      query.guard = query.guard.inside(this)
      if (!model) return
      const asked = view === undefined ? undefined : viewed(model, view)
      const sight = asked ?? this.#knowledge.looks.sightBehind(model, relation, source, builder)
      query.seeing(combined(sight, asking(where)))
    })
  }

  #namesHeldRows({ metadata, role }: RowSource, builder: Guarded): boolean {
    const { persistence, held } = this.#knowledge
    if (persistence || held === 'all' || rereads(builder)) return true
    return held?.metadata === metadata && held.role === role
  }

  #sightOf(model: Model, source: RowSource, builder: Guarded): Sight {
    const asked = this.#knowledge.looks.sightOf(model, source, builder)
    // TypeORM has a word of its own for looking behind a scope; it works where the entity has a view of that name.
    const everything = builder.expressionMap.withDeleted && Object.hasOwn(model.views, 'withDeleted')
    return everything ? combined(asked, viewed(model, 'withDeleted')) : asked
  }

  #knowing(more: Partial<Knowledge>): Guard {
    return new Guard(this.#dataSource, { ...this.#knowledge, ...more })
  }
}

/** What stands in front of the columns of a source in a statement inside of its own. */
function qualifierOf({ name, metadata }: RowSource, builder: Guarded): string {
  return name === undefined ? tableQualifier(metadata, builder) : `${builder.escape(name)}.`
}

/** TypeORM marks with this option the reads by which it fetches the generated values of rows it has just written. */
export const rereads = ({ expressionMap }: Guarded): boolean => expressionMap.options.includes('create-pojo')
