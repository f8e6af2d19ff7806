import type { Mistakes } from '../../errors/definition-error.js'
import type { Naming } from '../../helpers/naming.js'
import { repeated } from '../../helpers/repeated.js'
import type { ValueKind } from '../../model/entity-description.js'
import type { ColumnPath } from '../../orm/lists/column-path.js'
import { isToMany } from '../../orm/lists/column-path.js'
import { operatorsOf } from './filter-operators.js'
import { type FilterParameter, filterParameter } from './filter-parameter.js'
import type { FilterDeclaration, FilterOperator } from './list-options.js'
import type { ListScene } from './list-scene.js'

/** Names of parameters that lists keep for themselves. */
const reservedNames = ['page', 'pageSize', 'cursor', 'search', 'ordering', 'fields', 'include', 'count']

type Declared = Readonly<Record<string, FilterDeclaration | undefined>>

/** Compiles the filters of a viewset into parameters; what is wrong with them is added to the mistakes. */
export function compileFilters(filters: Declared, scene: ListScene, mistakes: Mistakes): readonly FilterParameter[] {
  const parameters = new Map<string, FilterParameter>()
  const reserved = reservedNames.map(scene.naming.outside)
  const refuse = (problem: string, remedy: string): void =>
    mistakes.add({ code: 'E_FILTER', subject: scene.subject, problem, places: [scene.place], remedy })
  for (const [text, declaration] of Object.entries(filters)) {
    if (!declaration) continue
    const options = optionsOf(declaration)
    const path = scene.path(text)
    if (typeof path === 'string') {
      refuse(`its filter "${text}" ${path}.`, `Filter by a property or a relation: ${scene.names.join(', ')}.`)
      continue
    }
    for (const made of filterOf(path, options, scene.naming, refuse)) {
      if (reserved.includes(made.outside) || parameters.has(made.outside)) {
        const reason = parameters.has(made.outside) ? 'has another filter' : 'means something else in every list'
        refuse(
          `its filter "${text}" would be the parameter "${made.outside}", which ${reason}.`,
          `Give it a name of its own: { operators: […], as: '…' }.`,
        )
      } else parameters.set(made.outside, made)
    }
  }
  return [...parameters.values()]
}

interface FilterOptions {
  readonly operators: readonly FilterOperator[]
  readonly as?: string
  readonly json?: 'string' | 'number' | 'boolean'
}

const optionsOf = (declaration: FilterDeclaration): FilterOptions =>
  'operators' in declaration ? declaration : { operators: declaration }

function filterOf(
  path: ColumnPath,
  { operators, as: name = path.text, json }: FilterOptions,
  naming: Naming,
  refuse: (problem: string, remedy: string) => void,
): readonly FilterParameter[] {
  const kind = kindOf(path, json)
  if (!kind) {
    refuse(
      `its filter "${path.text}" ${path.members.length > 0 ? 'looks into JSON, whose members have no type' : 'cannot be compared'}.`,
      path.members.length > 0
        ? `Say what stands there: { operators: […], json: 'string' }.`
        : 'Filter by another property, or by a member of the JSON: `settings.size`.',
    )
    return []
  }
  if (!/^[A-Za-z_]\w*(?:\.\w+)*$/.test(name)) {
    refuse(
      `its filter "${path.text}" would be the parameter "${name}", which is no name.`,
      'Use letters, digits and _.',
    )
  }
  for (const operator of repeated(operators)) {
    refuse(`its filter "${path.text}" can be asked "${operator}" twice.`, 'Name each operator once.')
  }
  const outside = name === path.text ? outsidePath(path, naming) : naming.outside(name)
  const allowed = allowedOperators(path, kind)
  const wrong = operators.filter((operator) => !allowed.includes(operator))
  if (wrong.length > 0 || operators.length === 0) {
    const problem =
      wrong.length > 0 ? `cannot be asked ${wrong.map((one) => `"${one}"`).join(', ')}` : 'has no operators'
    refuse(`its filter "${path.text}" ${problem}.`, `Use some of: ${allowed.join(', ')}.`)
    return []
  }
  return [...new Set(operators)].map((operator) => filterParameter({ name, outside }, path, operator, kind))
}

/** What the values are, where they can be compared. */
function kindOf(path: ColumnPath, json: FilterOptions['json']): ValueKind | undefined {
  if (path.members.length > 0) return json && { kind: json }
  return operatorsOf(path.kind).length > 0 ? path.kind : undefined
}

function allowedOperators(path: ColumnPath, kind: ValueKind): readonly FilterOperator[] {
  if (path.members.length > 0) {
    // In JSON numbers are equal as they are written.
    return kind.kind === 'boolean'
      ? ['eq', 'ne', 'isnull']
      : ['eq', 'ne', 'in', 'isnull', 'lt', 'lte', 'gt', 'gte', 'range']
  }
  if (!path.isRelation) return operatorsOf(kind)
  return isToMany(path) ? ['eq', 'in', 'isnull'] : ['eq', 'ne', 'in', 'isnull']
}

/** The members of JSON are data, and are called as they are. */
function outsidePath({ text, members }: ColumnPath, { path }: Naming): string {
  if (members.length === 0) return path(text)
  const names = text.split('.')
  return [path(names.slice(0, -members.length).join('.')), ...names.slice(-members.length)].join('.')
}
