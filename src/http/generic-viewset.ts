import type { Known } from '../helpers/exact-options.js'
import { requireKnown } from '../helpers/known-options.js'
import type { AnyClass } from '../metadata/fact-kind.js'
import { placeOfCall } from '../metadata/place.js'
import { checkedScope } from '../model/checked-scope.js'
import type { EntityDescription } from '../model/entity-description.js'
import { matching, type Operand } from '../model/predicate.js'
import { orderingOf } from '../model/scope.js'
import type { EntityRow } from '../orm/entity-row.js'
import type { ModelRepository } from '../orm/model-repository.js'
import type { Selection } from '../orm/selection.js'
import type { SerializerClass } from '../serializer/serializer-types.js'
import type { Constructor, ProblemStatuses } from './action-model.js'
import type { Call } from './call.js'
import type { ExamplesOf, ShapeExamples } from './examples/named-examples.js'
import type { IdempotencyMode } from './idempotency/idempotency-key.js'
import type { FilterDeclaration, ListChoices, ScalarName } from './lists/list-options.js'
import { markPlainHook } from './mixins/plain-hooks.js'
import type { NoService, RowService } from './mixins/row-writes.js'
import type { AbstractConstructor, GenericViewSetBase } from './mixins/viewset-class.js'
import { parentOptions, requireListChoices, requirePagination, viewSetOptions } from './option-names.js'
import type { Pagination } from './pagination.js'
import { parentValues } from './parents/find-parent.js'
import type { AnyParentOptions, ParentOptions } from './parents/parent-options.js'
import { knownModelOf } from './pipeline/compiled-model.js'
import { requireErrorStatuses } from './problem/error-status.js'
import { running, runningRepository } from './running.js'
import { verifyViewSetOptions } from './verify-viewset-options.js'
import { ViewSet, type ViewSetStatics } from './viewset.js'
import type { ViewSetModel } from './viewset-model.js'

/** What a scope may give: values of properties that rows have in common. */
export type ScopeValues<E> = { readonly [K in ScalarName<E>]?: E[K] }

/** What a viewset is told of its entity. */
export interface GenericViewSetOptions<E, S, V, C = ScopeValues<E>> extends ListChoices<NoInfer<E>> {
  readonly serializer: S
  /** Makes, changes and removes rows; without one the repository does. */
  readonly service?: Constructor<V>
  readonly pagination?: Pagination
  /** The statuses of codes that its service fails with, which documents tell: `{ ALREADY_PUBLISHED: 409 }`. */
  readonly problems?: ProblemStatuses
  /**
   * Whether every write to a row must have an `If-Match` (or `If-Unmodified-Since`), so that nobody overwrites what they
   * have not seen; without one it is answered 428.
   */
  readonly requirePrecondition?: boolean
  /**
   * Whether callers may or must send an `Idempotency-Key` with actions by POST, which are then carried out once however
   * often they are repeated; `off` unless told. The data source needs the table: `tables: [idempotencyKeys]`.
   */
  readonly idempotency?: IdempotencyMode
  /**
   * The property that stands for `:id` in routes, instead of the primary key: one that is unique. Where a trait knows what
   * rows were called before, as with slugs, requests with a former name are answered 308.
   */
  readonly lookup?: ScalarName<NoInfer<E>>
  /**
   * The row that the rows belong to, where routes name it: with `@Resource('/countries/:country/cities')` and
   * `parent: { relation: 'country', by: 'slug' }` there are only cities of that country, and new ones are given it. Where it is
   * missing or hidden, every action is answered 404, and 308 where it is called otherwise now.
   */
  readonly parent?: ParentOptions<NoInfer<E>>
  /** What the rows a call may see have in common; new rows are given it. */
  readonly scope?: (call: Call) => C & Known<C, ScopeValues<NoInfer<E>>>
  /** What documents show as examples of rows and of bodies, by names of one's own: `{ rows: { lima: { … } } }`. */
  readonly examples?: ExamplesOf<NoInfer<S>>
}

/** The properties of the entity that the running action is about; undefined where that is unknown, which was refused before. */
function runningProperties(): EntityDescription['properties'] | undefined {
  const { exchange, host } = running()
  return knownModelOf(exchange.action, host)?.description.properties
}

/** The base of viewsets of an entity: it has no actions, mixins add them. */
export function GenericViewSet<
  E extends EntityRow,
  S extends SerializerClass<NoInfer<E>>,
  V extends RowService<NoInfer<E>> | NoService = NoService,
  C extends ScopeValues<NoInfer<E>> = ScopeValues<E>,
>(
  entity: AnyClass<E>,
  options: GenericViewSetOptions<E, S, V, C>,
  place = placeOfCall(GenericViewSet),
): AbstractConstructor<GenericViewSetBase<E, S, V>> & ViewSetStatics {
  const { serializer, service, pagination, filters, search, ordering, lookup, defaultOrdering = [] } = options
  verifyViewSetOptions(entity, serializer, place)
  const optioned = { subject: `The viewset of ${entity.name}`, places: [place] }
  requireKnown(options, viewSetOptions, optioned)
  requirePagination(pagination, { ...optioned, subject: `Pages of ${entity.name}` })
  requireListChoices({ search, ...(filters && { filters }) }, optioned)
  const { problems, requirePrecondition, idempotency } = options
  requireErrorStatuses(problems, optioned)
  const examples: ShapeExamples | undefined = options.examples
  const ownScope =
    options.scope && checkedScope<Call>(options.scope, `the viewset of ${entity.name}`, runningProperties)
  const parent = options.parent as AnyParentOptions | undefined
  requireKnown(parent, parentOptions, { ...optioned, within: 'parent' })
  // An order through relations is the list's alone, which joins them.
  const isOwn = defaultOrdering.length > 0 && defaultOrdering.every((key) => !key.includes('.'))
  const order = isOwn ? orderingOf(defaultOrdering) : undefined
  const scope = parent ? (call: Call) => ({ ...ownScope?.(call), ...parentValues(call) }) : ownScope
  abstract class EntityViewSet extends ViewSet<E> {
    static override readonly model: ViewSetModel = Object.freeze({
      entity,
      serializer,
      pagination: pagination ?? ({ style: 'page' } as const),
      defaultOrdering,
      ...(lookup !== undefined && { lookup }),
      ...(filters && { filters: filters as Readonly<Record<string, FilterDeclaration>> }),
      ...(search && { search }),
      ...(ordering && { ordering }),
      ...(service && { service }),
      ...(scope && { scope, scopedByCall: ownScope !== undefined }),
      ...(parent && { parent }),
      ...(problems && { problems }),
      ...(requirePrecondition && { requirePrecondition }),
      ...(idempotency && { idempotency }),
      ...(examples && { examples }),
    })

    get service(): V {
      if (!service) throw new Error(`${this.constructor.name} has no service. Give it one: { service: … }.`)
      const { host, exchange } = running()
      return host.instances.get<V & object>(service, exchange.request)
    }

    get repository(): ModelRepository<E> {
      return runningRepository(entity) as unknown as ModelRepository<E>
    }

    select(call: Call): Selection<E> {
      const rows = runningRepository(entity).select()
      const seen = scope ? rows.where(matching(scope(call) as Readonly<Record<string, Operand | null>>)) : rows
      return order ? seen.orderBy(order) : seen
    }
  }
  markPlainHook(EntityViewSet.prototype, 'select')
  return EntityViewSet as unknown as AbstractConstructor<GenericViewSetBase<E, S, V>> & ViewSetStatics
}
