import type { Mistakes } from '../../errors/definition-error.js'
import { UsageError } from '../../errors/usage-error.js'
import { repeated } from '../../helpers/repeated.js'
import { type Ordering, orderingOf } from '../../model/scope.js'
import { type ColumnPath, isToMany } from '../../orm/lists/column-path.js'
import type { Condition } from '../../orm/lists/condition.js'
import { type FixedColumns, isIndexed } from '../../orm/lists/helping-index.js'
import type { ListOptions, WrittenCondition } from '../../orm/lists/list-query.js'
import type { SortKey } from '../../orm/lists/sort-key.js'
import type { QueryCheck, QueryParameter } from '../query/query-reader.js'
import type { ViewSetModel } from '../viewset-model.js'
import { compileFilters } from './compile-filters.js'
import { searchOf } from './compile-search.js'
import { operatorsOf } from './filter-operators.js'
import type { FilterParameter } from './filter-parameter.js'
import type { ListScene } from './list-scene.js'
import { orderingParameter } from './ordering-parameter.js'
import { searchCondition, searchParameter } from './search-parameter.js'
import type { SearchProvider } from './search-provider.js'

/** The most filters in one request. */
const mostFilters = 20

/** What callers may ask of the lists of a viewset, compiled when the application starts. */
export interface ListPlan {
  /** `search`, `ordering` and every filter. */
  readonly parameters: readonly QueryParameter[]
  readonly checks: readonly QueryCheck[]
  /** The filters among the parameters. */
  readonly filters: readonly FilterParameter[]
  /**
   * What the parameters ask for, once they are read.
   * @param otherwise the order where the caller asks for none; without it, that of the viewset.
   */
  listed(query: Readonly<Record<string, unknown>>, otherwise: readonly Ordering[] | undefined): ListOptions
  /** The columns that filters and orderings look at and no index helps with. */
  readonly unindexed: readonly string[]
  /** Every order that callers can choose, and that of the viewset. */
  readonly sortPaths: readonly ColumnPath[]
  /** The primary key. */
  readonly primary: readonly ColumnPath[]
}

/** Compiles what a viewset says of its lists; what is wrong with it is added to the mistakes. */
export function compileList(
  { filters = {}, search, ordering = [], defaultOrdering }: ViewSetModel,
  scene: ListScene,
  byEntity: {
    readonly ordering: readonly Ordering[]
    readonly primary: readonly ColumnPath[]
    readonly engine: string
    readonly fixed: FixedColumns
  },
  mistakes: Mistakes,
): ListPlan {
  const filterParameters = compileFilters(filters, scene, mistakes)
  const sorting = sortable(ordering, scene, mistakes)
  const searched = searchOf(search, scene, byEntity.engine, mistakes)
  const { primary, fixed } = byEntity
  const usual = usualKeys(orderingOf(defaultOrdering), byEntity.ordering, scene, mistakes)
  const filterNames = new Map(filterParameters.map(({ name, outside }) => [name, outside]))
  const firsts = [...filterParameters.filter(isHelpedByIndex).map(({ path }) => path), ...sorting.values()]
  const usualTotal = withPrimary(usual, primary)
  const asked = (ordering: readonly SortKey[] | undefined, otherwise: readonly Ordering[] | undefined) => {
    const keys = ordering ?? chosen(otherwise, scene)
    return keys && withPrimary(keys, primary)
  }
  return {
    parameters: [
      ...(searched ? [searchParameter(searched.paths, scene.naming)] : []),
      ...(sorting.size > 0 ? [orderingParameter(sorting, scene.naming)] : []),
      ...filterParameters,
    ],
    filters: filterParameters,
    checks:
      filterNames.size > mostFilters
        ? [(query) => tooMany(Object.keys(query).flatMap((name) => filterNames.get(name) ?? []))]
        : [],
    listed: (query, otherwise) => ({
      conditions: conditionsOf(query, filterParameters, searched?.provider),
      keys: asked(query['ordering'] as readonly SortKey[] | undefined, otherwise) ?? usualTotal,
    }),
    unindexed: [...new Set(firsts.filter((path) => !isIndexed(path, fixed)).map(({ text }) => text))],
    sortPaths: [...sorting.values(), ...usual.map(({ path }) => path)],
    primary,
  }
}

const asPath = (found: ColumnPath | string): readonly ColumnPath[] => (typeof found === 'string' ? [] : [found])

function conditionsOf(
  query: Readonly<Record<string, unknown>>,
  filters: readonly FilterParameter[],
  provider: SearchProvider | undefined,
): readonly (Condition | WrittenCondition)[] {
  const filtered = filters.filter(({ name }) => query[name] !== undefined)
  const searched = provider && query['search'] !== undefined ? [searchCondition(query['search'], provider)] : []
  return [...filtered.map(({ name, condition }) => condition(query[name])), ...searched]
}

/** The order of a selection that its author has chosen. */
function chosen(ordering: readonly Ordering[] | undefined, scene: ListScene): readonly SortKey[] | undefined {
  return ordering?.map(({ property, direction }) => {
    const path = scene.anyPath(property)
    if (typeof path !== 'string') return { path, direction }
    throw new UsageError('E_LIST_ORDER', `${scene.subject} cannot order its list by "${property}": it ${path}.`)
  })
}

/** The primary key at the end makes the order total; it goes in the direction of the last key, as an index does. */
function withPrimary(keys: readonly SortKey[], primary: readonly ColumnPath[]): readonly SortKey[] {
  const direction = keys.at(-1)?.direction ?? 'ASC'
  const missing = primary.filter(
    (path) => !keys.some((key) => key.path.column === path.column && key.path.relations.length === 0),
  )
  return [...keys, ...missing.map((path) => ({ path, direction }))]
}

function tooMany(names: readonly string[]) {
  const parameter = names[mostFilters]
  if (parameter === undefined) return undefined
  return {
    parameter,
    code: 'too_many_filters',
    message: `is one filter more than the ${mostFilters} that are taken at once`,
    params: { max: mostFilters },
  }
}

/** Adds a mistake where a property is named twice to order by. */
function verifyOnce(names: readonly string[], scene: ListScene, mistakes: Mistakes): void {
  for (const name of repeated(names)) {
    mistakes.add({
      code: 'E_ORDERING',
      subject: scene.subject,
      problem: `its ordering names "${name}" twice.`,
      places: [scene.place],
      remedy: 'Name each property once; callers ask for both directions.',
    })
  }
}

function sortable(names: readonly string[], scene: ListScene, mistakes: Mistakes): ReadonlyMap<string, ColumnPath> {
  verifyOnce(names, scene, mistakes)
  return new Map(
    names.flatMap((name) => asPath(sortPath(name, scene.path(name), scene, mistakes)).map((path) => [name, path])),
  )
}

function usualKeys(
  own: readonly Ordering[],
  ofEntity: readonly Ordering[],
  scene: ListScene,
  mistakes: Mistakes,
): readonly SortKey[] {
  if (own.length === 0) return chosen(ofEntity, scene) ?? []
  verifyOnce(
    own.map(({ property }) => property),
    scene,
    mistakes,
  )
  return own.flatMap(({ property, direction }) =>
    asPath(sortPath(property, scene.anyPath(property), scene, mistakes)).map((path) => ({ path, direction })),
  )
}

function sortPath(name: string, path: ColumnPath | string, scene: ListScene, mistakes: Mistakes): ColumnPath | string {
  const problem =
    typeof path === 'string'
      ? path
      : isToMany(path)
        ? 'leads to several rows'
        : path.members.length > 0 || operatorsOf(path.kind).length === 0
          ? 'has no order'
          : undefined
  if (problem === undefined) return path
  mistakes.add({
    code: 'E_ORDERING',
    subject: scene.subject,
    problem: `its ordering by "${name}" ${problem}.`,
    places: [scene.place],
    remedy: `Order by a property: ${scene.names.join(', ')}.`,
  })
  return problem
}

const isHelpedByIndex = ({ path, name }: FilterParameter): boolean =>
  path.members.length === 0 && !/__(?:i?contains|iexact|istartswith|isnull|ne)$/.test(name)
