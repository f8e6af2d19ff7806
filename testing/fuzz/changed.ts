import type { Arbitrary } from 'fast-check'
import type { PropertyLibrary } from '../property-library.js'
import type { Hostile } from './hostile.js'

type Members = readonly (readonly [string | number, unknown])[]

/** Values that differ from others in one place: something else stands there, is missing, or is new. */
export function changed(fc: PropertyLibrary, values: Arbitrary<unknown>, hostile: Hostile): Arbitrary<unknown> {
  const how = fc.constantFrom('replace', 'remove', 'add', 'double')
  return fc.tuple(values, fc.nat(), how, hostile.texts, hostile.values).map(([value, place, way, name, other]) => {
    const places = placesIn(value)
    return at(value, places[place % places.length]!, (found) => turned(found, way, name, other))
  })
}

type Path = readonly (string | number)[]

/** The paths to all parts of a value, the value itself first. */
function placesIn(value: unknown, path: Path = []): readonly Path[] {
  return [path, ...membersOf(value).flatMap(([key, part]) => placesIn(part, [...path, key]))]
}

function membersOf(value: unknown): Members {
  if (Array.isArray(value)) return value.map((part, index) => [index, part] as const)
  return typeof value === 'object' && value !== null ? Object.entries(value) : []
}

function at(value: unknown, [key, ...rest]: Path, change: (found: unknown) => unknown): unknown {
  if (key === undefined) return change(value)
  if (Array.isArray(value))
    return value.map((part, index) => (index === key ? at(part, rest, change) : (part as unknown)))
  const members = membersOf(value).map(([name, part]) => [name, name === key ? at(part, rest, change) : part] as const)
  return Object.fromEntries(members)
}

function turned(found: unknown, way: string, name: string, other: unknown): unknown {
  const members = membersOf(found)
  if (Array.isArray(found)) {
    if (way === 'add') return [...(found as unknown[]), other]
    if (way === 'double') return [...(found as unknown[]), ...(found as unknown[])]
    return way === 'remove' ? found.slice(1) : other
  }
  if (members.length === 0 || way === 'replace') return other
  if (way === 'remove') return Object.fromEntries(members.slice(1))
  const key = way === 'add' ? name : String(members[0]?.[0])
  return Object.fromEntries([...members, [key, other]])
}
