import type { Mistakes } from '../../errors/definition-error.js'
import type { Awaitable } from '../../helpers/awaitable.js'
import type { EntityDescription } from '../../model/entity-description.js'
import type { ModelDataSource } from '../../orm/data-source.js'
import type { EntityRow } from '../../orm/entity-row.js'
import { type ColumnPath, primaryPathsOf } from '../../orm/lists/column-path.js'
import type { FixedColumns } from '../../orm/lists/helping-index.js'
import { ListQuery } from '../../orm/lists/list-query.js'
import { visibleRows } from '../../orm/schema/visible-rows.js'
import type { Selection } from '../../orm/selection.js'
import type { CompiledSerializer } from '../../serializer/compiled-serializer.js'
import type { SchemaObject } from '../../serializer/value-schema.js'
import type { Call } from '../call.js'
import type { PipelineHost } from '../host.js'
import type { ParameterDescription, QueryCheck, QueryParameter, WithheldFields } from '../query/query-reader.js'
import type { ViewSetModel } from '../viewset-model.js'
import { CursorCodec } from './cursor-codec.js'
import { cursorPager } from './cursor-pager.js'
import type { FilterParameter } from './filter-parameter.js'
import { compileList, type ListPlan } from './list-plan.js'
import { listScene } from './list-scene.js'
import { numberedPager } from './numbered-pager.js'
import type { Page, PageRequest, Pager } from './pager.js'
import { verifyCursorKey } from './verify-cursors.js'
import { withheldBy } from './withheld.js'

/** The lists of a viewset in one application. */
export interface CompiledList {
  /** Every query parameter: of pages, search, ordering and filters. */
  readonly parameters: readonly QueryParameter[]
  /** The same as documents describe them. */
  readonly descriptions: readonly ParameterDescription[]
  readonly checks: readonly QueryCheck[]
  /** The schema of what an answer says of its page. */
  readonly paginationSchema: SchemaObject
  /** The filters alone, and what is looked at where several stand together. */
  readonly filters: { readonly parameters: readonly FilterParameter[]; readonly checks: readonly QueryCheck[] }
  /** A selection narrowed by values of filters. */
  narrowed(selection: Selection<EntityRow>, values: Readonly<Record<string, unknown>>): ListQuery<EntityRow>
  /** The fields that a call may not read, also of related rows, and so must not learn of by its query either. */
  readonly withheld: (call: Call) => Awaitable<WithheldFields>
  /** A page of a selection, narrowed and ordered as a query asks that these parameters have read. */
  page<R>(request: ListRequest<R>): Awaitable<Page<R>>
}

/** A list of which a page is wanted, before it is known what its query asks for. */
export type ListRequest<R> = Omit<PageRequest<R>, 'options'>

interface ListParts {
  readonly dataSource: ModelDataSource
  readonly description: EntityDescription
  readonly serializer: CompiledSerializer
  readonly subject: string
  readonly place: string
  readonly host: PipelineHost
}

/** Compiles the lists of a viewset; what is wrong with them is added to the mistakes. */
export function compileListOf(model: ViewSetModel, parts: ListParts, mistakes: Mistakes): CompiledList {
  const { dataSource, serializer, subject, place } = parts
  const scene = listScene({ dataSource, entity: model.entity, serializer, subject, place })
  const { ordering } = dataSource.registry.model(model.entity)
  const primary = primaryPathsOf(dataSource, model.entity)
  const fixed = fixedColumns(model, parts)
  const plan = compileList(model, scene, { ordering, primary, engine: dataSource.options.type, fixed }, mistakes)
  const pager = pagerOf(model, plan, parts, mistakes)
  warnOfIndexes(plan, fixed, parts)
  const parameters = [...pager.parameters, ...plan.parameters]
  return {
    parameters,
    descriptions: parameters.flatMap((parameter) => parameter.description ?? []),
    paginationSchema: pager.schema,
    checks: [...pager.checks, ...plan.checks],
    filters: { parameters: plan.filters, checks: plan.checks },
    narrowed: (selection, values) => new ListQuery(selection, plan.listed(values, selection.ordering)),
    withheld: withheldBy(serializer),
    page: (request) => pager.page({ ...request, options: plan.listed(request.query, request.selection.ordering) }),
  }
}

function pagerOf(
  { pagination }: ViewSetModel,
  { primary }: ListPlan,
  { subject, place, host, serializer }: ListParts,
  mistakes: Mistakes,
): Pager {
  const { naming } = serializer
  if (pagination.style === 'page') return numberedPager(pagination, naming)
  verifyCursorKey(primary, subject, place, mistakes)
  const isShown = pagination.sealed ? () => false : shownBy(serializer)
  return cursorPager(pagination, { codec: codecOf(host), primary, isShown, naming })
}

/** Tells the columns that every action shows to every caller as they are stored. */
function shownBy({ shown, hasRules, definition }: CompiledSerializer): (path: ColumnPath) => boolean {
  const names = new Set(hasRules || definition.spec.actions ? [] : shown.map(({ name }) => name))
  return ({ text, column, relations }) => relations.length === 0 && names.has(text) && column.transformer === undefined
}

const codecs = new WeakMap<PipelineHost, CursorCodec>()

function codecOf(host: PipelineHost): CursorCodec {
  const known = codecs.get(host)
  if (known) return known
  const { cursorKeys = [], logger } = host
  if (cursorKeys.length === 0) {
    logger.warn(
      'Cursors of lists last as long as this process, and no other process takes them: give the application `cursorKeys`.',
    )
  }
  const codec = new CursorCodec(cursorKeys)
  codecs.set(host, codec)
  return codec
}

/** What every list of a viewset says of its rows: their context, such as the tenant, and the row above them. */
function fixedColumns({ entity, parent }: ViewSetModel, { dataSource, description }: ListParts): FixedColumns {
  const metadata = dataSource.getMetadata(entity)
  const columnsOf = (names: readonly string[]) => names.flatMap((name) => metadata.findColumnsWithPropertyPath(name))
  const key = parent && description.relations.get(parent.relation)?.keyProperty
  const { properties } = visibleRows(dataSource.registry.model(entity))
  return { always: columnsOf(properties), here: key === undefined ? [] : columnsOf([key]) }
}

function warnOfIndexes({ unindexed }: ListPlan, { always, here }: FixedColumns, { subject, host }: ListParts): void {
  if (unindexed.length === 0) return
  const behind = [...always, ...here].map(({ propertyName }) => propertyName)
  host.logger.warn('Lists can be filtered or ordered by columns that no index begins with.', {
    viewSet: subject,
    columns: unindexed,
    ...(behind.length > 0 && { behind }),
  })
}
