import {
  type EntityMetadata,
  type ObjectLiteral,
  type QueryBuilder,
  type QueryRunner,
  SelectQueryBuilder,
} from 'typeorm'
import type { RelationMetadata } from 'typeorm/metadata/RelationMetadata.js'
import type { RelationLook } from '../../model/relation-look.js'
import type { ModelDataSource } from '../data-source.js'
import { through } from '../lens.js'
import type { Bindings } from '../reads/binding.js'
import { withUuids } from '../uuid-columns.js'
import { conjunction, guardedWhere } from './conditions.js'
import { type Guard, type Guarded, rereads } from './guard.js'
import { guardOf } from './guard-of.js'
import { inKeyOrder } from './in-key-order.js'
import { keepCacheApart } from './keep-cache-apart.js'
import { keyConditions } from './key-conditions.js'
import { hideableRelations, markHidden } from './mark-hidden.js'
import { seenRelationIds } from './relation-ids.js'
import { checkLook, relationAt } from './relation-path.js'
import { joinedRows, listedRows } from './row-source.js'
import { selectKeys, selectOrder } from './select-order.js'
import { plainSight, type Sight, viewed, without } from './sight.js'

interface Loaded<Entity> {
  entities: Entity[]
  raw: unknown[]
}

type Source = ModelDataSource | QueryBuilder<ObjectLiteral>
type JoinArguments = Parameters<SelectQueryBuilder<ObjectLiteral>['leftJoin']>

/** A SELECT that shows the rows the default scopes of its entities show, wherever they stand in the statement. */
export class ScopedSelectQueryBuilder<Entity extends ObjectLiteral>
  extends SelectQueryBuilder<Entity>
  implements Guarded
{
  declare readonly dataSource: ModelDataSource
  guard: Guard
  bindings: Bindings | undefined
  /** The builder whose rows this one loads relations of. */
  #above: ScopedSelectQueryBuilder<ObjectLiteral> | undefined
  /** The builder this one was cloned from: TypeORM runs the text of the clone with the parameters of the original. */
  readonly #original: QueryBuilder<ObjectLiteral> | undefined
  #choosesJoins = 0
  /** The keys of several rows that TypeORM reads again because it has just written them. */
  #written: readonly ObjectLiteral[] | undefined

  constructor(source: Source, runner?: QueryRunner) {
    super(source as ModelDataSource, runner)
    this.guard = guardOf(source)
    this.#original = source instanceof ScopedSelectQueryBuilder ? source : undefined
  }

  /**
   * Shows what default scopes of the main entity hide; without names, all of them but locked ones.
   * @throws {DefinitionError} `E_UNKNOWN_SCOPE` for a name the entity does not have, or that is locked.
   */
  unscoped(...names: readonly string[]): this {
    const model = this.guard.model(this.#mainMetadata())
    return model ? this.seeing(without(model, names)) : this
  }

  /** `unscoped` for a joined entity. */
  unscopedJoin(alias: string, ...names: readonly string[]): this {
    const model = this.guard.model(this.expressionMap.findAliasByName(alias).metadata)
    if (model) this.guard = this.guard.seeingJoined(without(model, names), alias)
    return this
  }

  /** Looks at the main entity as one of its views does. */
  view(name: string, ...given: readonly unknown[]): this {
    const model = this.guard.model(this.#mainMetadata())
    return this.seeing(model ? viewed(model, name, given) : plainSight)
  }

  /**
   * Looks in some way at the rows a path of relations leads to, however they are loaded, joined or asked about.
   * @throws {DefinitionError} `E_UNKNOWN_PROPERTY`, `E_UNKNOWN_SCOPE`, `E_RELATION_LOOK`
   */
  seeingRelation(path: string, look: RelationLook): this {
    const metadata = this.#mainMetadata()
    checkLook(relationAt(metadata, path), look, (related) => this.guard.model(related))
    this.guard = this.guard.seeingRelation(look, path, metadata)
    return this
  }

  /** Looks at an entity, where it is the main one, in some way, on top of what the query has already been told. */
  seeing(sight: Sight, metadata: EntityMetadata = this.#mainMetadata()): this {
    this.guard = this.guard.seeing(sight, metadata)
    return this
  }

  override setFindOptions(...options: Parameters<SelectQueryBuilder<Entity>['setFindOptions']>): this {
    this.#choosesJoins++
    try {
      super.setFindOptions(...options)
    } finally {
      this.#choosesJoins--
    }
    // Which rows `save` sees is for the guard to say. TypeORM would have it see links to hidden rows, and unlink them.
    if (this.guard.persistence) this.expressionMap.withDeleted = false
    return this
  }

  /**
   * Lets TypeORM load a relation of rows its caller holds. It takes an INNER JOIN for an eager relation that cannot be
   * null, as it does for find options, which would lose the owner of a hidden row: what is hidden is not absent. A
   * join the caller writes stays as it is written.
   */
  loading(relation: RelationMetadata): this {
    this.#choosesJoins++
    const looking = this.guard.behind(relation, this.#above?.guard ?? this.guard)
    this.guard = looking.holding({ metadata: relation.entityMetadata, role: 'joined' })
    return this
  }

  override createQueryBuilder(runner?: QueryRunner): this {
    const builder = super.createQueryBuilder(runner)
    builder.#above = this
    return builder
  }

  override where(...given: Parameters<SelectQueryBuilder<Entity>['where']>): this {
    this.#written = Array.isArray(given[0]) ? (given[0] as ObjectLiteral[]) : undefined
    return super.where(...given)
  }

  override setParameter(key: string, value: unknown): this {
    this.#original?.setParameter(key, value)
    return super.setParameter(key, value)
  }

  protected override join(direction: 'INNER' | 'LEFT', ...rest: JoinRest): void {
    const [entityOrProperty, alias, condition, ...others] = rest
    // TypeORM appends a condition of its own to some without parentheses.
    super.join(direction, entityOrProperty, alias, condition ? `(${condition})` : condition, ...others)
    const joined = this.expressionMap.joinAttributes.at(-1)
    if (this.#choosesJoins > 0 && joined?.relation && joined.metadata && this.guard.hides(joined.metadata)) {
      joined.direction = 'LEFT'
    }
  }

  protected override buildWhere(...given: Parameters<BuildWhere>): string {
    const [asked, metadata, alias, prefix] = given
    if (Array.isArray(asked)) return super.buildWhere(...given)
    const where = withUuids(asked, metadata, prefix)
    const { keys, others } = keyConditions(where, metadata, prefix)
    if (keys.length === 0) return super.buildWhere(where, metadata, alias, prefix)
    const conditions = keys.map(({ path, value }) => {
      const condition = this.getWherePredicateCondition(`${alias}.${path}`, value)
      return `(${this.createWhereConditionExpression(condition)})`
    })
    return `(${conjunction(super.buildWhere(others, metadata, alias, prefix), conditions)})`
  }

  protected override createJoinExpression(): string {
    const joins = this.expressionMap.joinAttributes
    const written = joins.map(({ condition }) => condition)
    try {
      for (const join of joins) {
        const source = joinedRows(join)
        const guarding = source ? this.guard.conditions(source, this) : []
        if (guarding.length > 0) join.condition = conjunction(join.condition, guarding)
      }
      return super.createJoinExpression()
    } finally {
      for (const [index, join] of joins.entries()) Object.assign(join, { condition: written[index] })
    }
  }

  protected override createWhereExpression(): string {
    const { withDeleted } = this.expressionMap
    // The row that is saved is found also where a column of TypeORM's own says that it is deleted.
    if (this.guard.persistence) this.expressionMap.withDeleted = true
    try {
      return guardedWhere(this, listedRows(this.expressionMap), () => super.createWhereExpression())
    } finally {
      this.expressionMap.withDeleted = withDeleted
    }
  }

  protected override createOrderByExpression(): string {
    const asked = Object.keys(this.expressionMap.orderBys).length > 0
    return asked || this.#givesRows() ? super.createOrderByExpression() : ''
  }

  protected override async executeEntitiesAndRawResults(runner: QueryRunner): Promise<Loaded<Entity>> {
    const { withDeleted, relationLoadStrategy, relationIdAttributes } = this.expressionMap
    keepCacheApart(this)
    selectOrder(this)
    const separately = relationLoadStrategy === 'query'
    const relations = hideableRelations(this, separately ? this.relationMetadatas : [])
    selectKeys(this, relations)
    // Which of the loaded rows belong together is asked by builders that are made later, of which TypeORM tells only
    // the runner. They name rows that are loaded already.
    const held = separately && relationIdAttributes.length === 0
    const used = withDeleted || held ? through(runner, { withDeleted, held }) : runner
    const loaded = await this.#withSeenIds(() => super.executeEntitiesAndRawResults(used))
    if (relations.length > 0) markHidden(this, relations, loaded)
    const ordered = this.#written && rereads(this) && inKeyOrder(this.#mainMetadata(), this.#written, loaded.entities)
    return ordered ? { ...loaded, entities: ordered } : loaded
  }

  async #withSeenIds<T>(load: () => Promise<T>): Promise<T> {
    const { relationIdAttributes } = this.expressionMap
    this.expressionMap.relationIdAttributes = seenRelationIds(this)
    try {
      return await load()
    } finally {
      this.expressionMap.relationIdAttributes = relationIdAttributes
    }
  }

  protected override loadRawResults(runner: QueryRunner): Promise<unknown> {
    keepCacheApart(this)
    return super.loadRawResults(runner)
  }

  /** Whether rows of the main entity come out as they are; only then the default order has a meaning. */
  #givesRows(): boolean {
    const { selects, groupBys, selectDistinct, selectDistinctOn, mainAlias } = this.expressionMap
    if (!mainAlias?.hasMetadata || groupBys.length > 0 || selectDistinct || selectDistinctOn.length > 0) return false
    const { name, metadata } = mainAlias
    return selects.some(
      ({ selection }) =>
        selection === name ||
        (selection.startsWith(`${name}.`) && metadata.findColumnWithPropertyPath(selection.slice(name.length + 1))),
    )
  }

  #mainMetadata() {
    if (!this.expressionMap.mainAlias) throw new Error('The query has no main entity yet: call from() first.')
    return this.expressionMap.mainAlias.metadata
  }
}

type BuildWhere = (where: ObjectLiteral, metadata: EntityMetadata, alias: string, prefix?: string) => string

type JoinRest = [
  entityOrProperty: Parameters<SelectQueryBuilder<ObjectLiteral>['leftJoin']>[0],
  alias: string,
  condition?: string,
  parameters?: ObjectLiteral,
  mapToProperty?: string,
  isMappingMany?: boolean,
  mapAsEntity?: JoinArguments[0],
]
