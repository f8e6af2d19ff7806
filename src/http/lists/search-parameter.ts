import { codePointsIn } from '../../helpers/code-points.js'
import { asDeclared } from '../../helpers/naming.js'
import type { ColumnPath } from '../../orm/lists/column-path.js'
import type { WrittenCondition } from '../../orm/lists/list-query.js'
import type { ListStatement } from '../../orm/lists/list-statement.js'
import type { ParameterReading, QueryParameter, WithheldFields } from '../query/query-reader.js'
import { valueLimit } from './filter-value.js'
import type { SearchProvider } from './search-provider.js'
import { isWithheld } from './withheld.js'

const mostTerms = 5
const shortestTerm = 2

/** What was read of `search`: the terms, and where they are looked for. */
interface Search {
  readonly terms: readonly string[]
  readonly paths: readonly ColumnPath[]
}

/** Makes the parameter `search`. */
export function searchParameter(paths: readonly ColumnPath[], naming = asDeclared): QueryParameter {
  const names = paths.map(({ text }) => naming.path(text))
  return {
    name: 'search',
    tells: (withheld) => paths.every((path) => isWithheld(path, withheld)),
    description: {
      name: 'search',
      in: 'query',
      description:
        `Lists only what has every word in one of: ${names.join(', ')}. ` +
        `At most ${mostTerms} words of at least ${shortestTerm} characters, with spaces between them.`,
      schema: { type: 'string', maxLength: valueLimit },
    },
    read: (text, withheld) => (text === undefined ? { value: undefined } : read(text, paths, withheld)),
  }
}

function read(text: string, paths: readonly ColumnPath[], withheld: WithheldFields): ParameterReading {
  if (Buffer.byteLength(text) > valueLimit) {
    return { code: 'max_length', message: `must have at most ${valueLimit} bytes`, params: { max: valueLimit } }
  }
  const terms = [...new Set(text.split(/\s+/u).filter((term) => term !== ''))]
  if (terms.length === 0) return { value: undefined }
  if (terms.length > mostTerms) {
    return { code: 'max_items', message: `must have at most ${mostTerms} words`, params: { max: mostTerms } }
  }
  if (terms.some((term) => codePointsIn(term) < shortestTerm)) {
    return {
      code: 'min_length',
      message: `must have words of at least ${shortestTerm} characters`,
      params: { min: shortestTerm },
    }
  }
  const search: Search = { terms, paths: paths.filter((path) => !isWithheld(path, withheld)) }
  return { value: search }
}

/** The condition that stands for what was read of `search`. */
export function searchCondition(read: unknown, provider: SearchProvider): WrittenCondition {
  const { terms, paths } = read as Search
  return (statement) => {
    const found = terms.map((term) => `(${paths.map((path) => foundIn(path, term, provider, statement)).join(' OR ')})`)
    return `(${found.join(' AND ')})`
  }
}

function foundIn(path: ColumnPath, term: string, provider: SearchProvider, statement: ListStatement): string {
  const { engine, bind } = statement
  return statement.some(statement.alias, path.relations, (alias) => {
    const sql = statement.column(alias, path.column)
    const includes = (text: string) => engine.matches(sql, { at: 'anywhere', text, ignoresCase: true }, bind)
    return `(${provider.matches({ sql, bind, includes }, term)})`
  })
}
