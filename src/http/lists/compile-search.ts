import type { Mistakes } from '../../errors/definition-error.js'
import { repeated } from '../../helpers/repeated.js'
import type { ColumnPath } from '../../orm/lists/column-path.js'
import type { ListScene } from './list-scene.js'
import { likeSearch, type SearchOptions, type SearchProvider } from './search-provider.js'

/** Where a list is searched, and how. */
export interface Searched {
  readonly paths: readonly ColumnPath[]
  readonly provider: SearchProvider
}

/** Compiles the search of a viewset; what is wrong with it is added to the mistakes. */
export function searchOf(
  search: readonly string[] | SearchOptions | undefined,
  scene: ListScene,
  engine: string,
  mistakes: Mistakes,
): Searched | undefined {
  if (!search) return undefined
  const { fields, provider = likeSearch } = 'fields' in search ? search : { fields: search }
  const refuse = (problem: string, remedy: string): void =>
    mistakes.add({ code: 'E_SEARCH', subject: scene.subject, problem, places: [scene.place], remedy })
  if (provider.engines && !provider.engines.includes(engine)) {
    refuse(`its search "${provider.name}" does not work on ${engine}.`, `It works on: ${provider.engines.join(', ')}.`)
  }
  if (fields.length === 0) refuse('its search has no fields.', 'Name some, or leave `search` out.')
  for (const name of repeated(fields)) refuse(`its search names "${name}" twice.`, 'Name each property once.')
  const paths = fields.flatMap((name) => {
    const path = scene.path(name)
    const problem =
      typeof path === 'string'
        ? path
        : path.kind.kind === 'string' && path.members.length === 0
          ? undefined
          : 'is no text'
    if (problem !== undefined) refuse(`its search of "${name}" ${problem}.`, 'Search text columns.')
    return problem === undefined && typeof path !== 'string' ? [path] : []
  })
  return { paths, provider }
}
