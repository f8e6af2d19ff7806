import type { Mistakes } from 'plinth'
import type { Dependency } from './dependencies.js'
import { nameOf } from './injection-key.js'
import type { Registration } from './registration.js'
import type { Registrations } from './registrations.js'

/** Adds everything that would make `targets`, or anything they are built from, fail or outlive what they hold. */
export function verifyRegistrations(
  targets: readonly Registration[],
  registrations: Registrations,
  mistakes: Mistakes,
): void {
  for (const registration of reachable(targets, registrations)) {
    verifyParameters(registration, registrations, mistakes)
    if (registrations.lifetimeOf(registration) === 'singleton') verifyHolds(registration, registrations, mistakes)
  }
  reportCircles(targets, registrations, mistakes)
}

function reachable(targets: readonly Registration[], registrations: Registrations): ReadonlySet<Registration> {
  const found = new Set(targets)
  for (const registration of found) for (const need of registrations.needsOf(registration)) found.add(need)
  return found
}

function verifyParameters(
  { name, dependencies }: Registration,
  registrations: Registrations,
  mistakes: Mistakes,
): void {
  if (!dependencies) {
    mistakes.add({
      code: 'E_CONSTRUCTOR_TYPES',
      subject: name,
      problem: 'its constructor has parameters, but their types are not known when the program runs.',
      places: [],
      remedy:
        'Write @injectable() above the class, also where a class it extends has one. Where the compiler records no types, as ' +
        'esbuild and tsx, write @inject(…) before each parameter.',
    })
  }
  for (const dependency of dependencies ?? []) {
    if (dependency.optional || registrations.of(dependency.key).length > 0) continue
    mistakes.add({ code: 'E_UNKNOWN_DEPENDENCY', subject: name, places: [], ...explain(dependency) })
  }
}

function explain({ key, position }: Dependency): { readonly problem: string; readonly remedy: string } {
  const parameter = `parameter ${position} of its constructor`
  if (key === undefined) {
    return {
      problem: `${parameter} has a class that did not exist yet when this one was decorated.`,
      remedy: 'Two files import one another. Write @inject(delay(() => ThatClass)) before the parameter.',
    }
  }
  if (typeof key === 'function') {
    return {
      problem: `${parameter} is ${key.name} when the program runs: interfaces and primitive types leave nothing to look up.`,
      remedy: "Make a token with token<ThatType>('name'), write @inject(it) before the parameter, and provide it.",
    }
  }
  return {
    problem: `${parameter} asks for "${nameOf(key)}", which nothing provides.`,
    remedy: 'Add it to `providers`. What is registered in the process-wide container of tsyringe is not used.',
  }
}

/** A singleton may hold what is made for it alone, but nothing that in turn belongs to one request. */
function verifyHolds(holder: Registration, registrations: Registrations, mistakes: Mistakes): void {
  const path = pathToRequest(holder, registrations, new Set())
  if (!path) return
  mistakes.add({
    code: 'E_CAPTIVE_DEPENDENCY',
    subject: holder.name,
    problem: `lives as long as the application but holds ${path.at(-1)?.name}, which lives for one request.`,
    places: [[holder, ...path].map(({ name }) => name).join(' -> ')],
    remedy: `Give ${holder.name} the lifetime "request", or hand it what it needs from the request as an argument.`,
  })
}

function pathToRequest(
  holder: Registration,
  registrations: Registrations,
  seen: Set<Registration>,
): readonly Registration[] | undefined {
  if (seen.has(holder)) return undefined
  seen.add(holder)
  for (const need of registrations.needsOf(holder)) {
    const lifetime = registrations.lifetimeOf(need)
    if (lifetime === 'request') return [need]
    const path = lifetime === 'transient' ? pathToRequest(need, registrations, seen) : undefined
    if (path) return [need, ...path]
  }
  return undefined
}

function reportCircles(targets: readonly Registration[], registrations: Registrations, mistakes: Mistakes): void {
  const done = new Set<Registration>()
  const visit = (registration: Registration, path: readonly Registration[]): void => {
    const start = path.indexOf(registration)
    if (start >= 0) return reportCircle([...path.slice(start), registration], mistakes)
    if (done.has(registration)) return
    for (const { key, delayed } of registration.dependencies ?? []) {
      if (delayed) continue
      for (const need of registrations.of(key)) visit(need, [...path, registration])
    }
    done.add(registration)
  }
  for (const target of targets) visit(target, [])
}

function reportCircle(circle: readonly Registration[], mistakes: Mistakes): void {
  mistakes.add({
    code: 'E_DEPENDENCY_CIRCLE',
    subject: circle[0]?.name ?? '',
    problem: 'cannot be constructed, because it needs itself.',
    places: [circle.map(({ name }) => name).join(' -> ')],
    remedy: 'Take what they share out into a third class, or write @inject(delay(() => Other)) on one of them.',
  })
}
