import { aboutMember, type HandlerEntry, type NativeLevel, type ParameterEntry } from './native-facts.js'
import type { Surroundings } from './planned-action.js'

/** What stands above the class itself and its ancestors: it applies to every action. */
export function aroundClass(levels: readonly NativeLevel[]): Surroundings {
  return around(levels, undefined)
}

/**
 * What stands above a method, from the class that declares its route down to the concrete one. An override may add
 * middlewares and interceptors, and replace the status and headers; what stands above the declaration is not asked.
 */
export function aroundMember(levels: readonly NativeLevel[], name: string): Surroundings {
  return around(levels, name)
}

const nothing: Surroundings = Object.freeze({ uses: [], interceptors: [], handlers: [] })

function around(levels: readonly NativeLevel[], member: string | undefined): Surroundings {
  if (levels.every(isSilent)) return nothing
  return {
    uses: levels.flatMap(({ uses }) => aboutMember(uses, member)),
    interceptors: levels.flatMap(({ interceptors }) => aboutMember(interceptors, member)),
    handlers: nearest(levels.map(({ handlers }) => aboutMember(handlers, member))),
  }
}

function isSilent({ uses, interceptors, handlers }: NativeLevel): boolean {
  return uses.length === 0 && interceptors.length === 0 && handlers.length === 0
}

/** The parameters of the nearest override that declares any: they stand for a whole signature. */
export function parametersOf(levels: readonly NativeLevel[], name: string): readonly ParameterEntry[] {
  if (levels.every(({ parameters }) => parameters.length === 0)) return []
  return levels.map(({ parameters }) => aboutMember(parameters, name)).findLast((own) => own.length > 0) ?? []
}

function nearest(levels: readonly (readonly HandlerEntry[])[]): readonly HandlerEntry[] {
  const found = new Map<string, HandlerEntry>()
  for (const own of levels.toReversed()) {
    for (const entry of own) {
      const subject = entry.type === 'header' ? `header ${String(entry.value).toLowerCase()}` : entry.type
      if (!found.has(subject)) found.set(subject, entry)
    }
  }
  return [...found.values()]
}
