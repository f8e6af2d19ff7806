import { shortName } from '../../errors/json-pointer.js'
import { asDeclared } from '../../helpers/naming.js'
import { nearestName } from '../../helpers/nearest-name.js'
import type { SortKey } from '../../orm/lists/sort-key.js'
import type { ParameterReading, QueryParameter, WithheldFields } from '../query/query-reader.js'
import { isWithheld } from './withheld.js'

/** The most sort keys that a caller may name. */
const mostKeys = 3

/** Makes the parameter `ordering` of what callers may order by, by its names. */
export function orderingParameter(declared: ReadonlyMap<string, SortKey['path']>, naming = asDeclared): QueryParameter {
  const paths = new Map([...declared].map(([name, path]) => [naming.path(name), path]))
  const names = [...paths.keys()]
  const choices = names.flatMap((name) => [name, `-${name}`])
  return {
    name: 'ordering',
    tells: (withheld) => [...paths.values()].every((path) => isWithheld(path, withheld)),
    description: {
      name: 'ordering',
      in: 'query',
      description:
        'Orders by these, with commas between them; a minus makes one descending. Whatever is not there stands last.',
      schema: { type: 'array', items: { enum: choices }, minItems: 1, maxItems: mostKeys },
      explode: false,
    },
    read: (text, withheld) => (text === undefined ? { value: undefined } : read(text, paths, withheld)),
  }
}

function read(text: string, paths: ReadonlyMap<string, SortKey['path']>, withheld: WithheldFields): ParameterReading {
  const given = text.split(',')
  if (given.length > mostKeys) {
    return { code: 'max_items', message: `must have at most ${mostKeys} names`, params: { max: mostKeys } }
  }
  const keys: SortKey[] = []
  const known = [...paths.keys()].filter((name) => !isWithheld(paths.get(name)!, withheld))
  for (const key of given) {
    const name = key.replace(/^-/, '')
    const path = known.includes(name) ? paths.get(name) : undefined
    if (!path) return unknownName(name, known)
    if (keys.some((other) => other.path === path)) {
      return { code: 'repeated', message: `must name "${name}" once` }
    }
    keys.push({ path, direction: key.startsWith('-') ? 'DESC' : 'ASC' })
  }
  return { value: keys }
}

function unknownName(name: string, known: readonly string[]): ParameterReading {
  const nearest = nearestName(name, known)
  const suggestion = nearest === undefined ? '' : `; did you mean "${nearest}"?`
  return { code: 'unknown_field', message: `cannot order by "${shortName(name)}"${suggestion}` }
}
