import {
  type AnyClass,
  ancestry,
  type Constructor,
  type Mistakes,
  type ModelDataSource,
  verifyRateLimits,
  verifyReachedBefore,
} from 'plinth'
import type { CreateAppOptions } from './create-app-options.js'

/** What classes of services and viewsets say of themselves. */
interface Statics {
  readonly entity?: AnyClass
  readonly model?: { readonly service?: Constructor }
}

/** The services of an application: those it was given, and those its viewsets name. */
export function servicesOf({ services = [], viewSets = [] }: CreateAppOptions): readonly Constructor[] {
  const named = viewSets.flatMap((viewSet) => (viewSet as Statics).model?.service ?? [])
  return [...new Set([...services, ...named])]
}

/** The limits of services are checked with everything else that is declared. */
export function verifyServiceLimits(options: CreateAppOptions, mistakes: Mistakes): void {
  const services = servicesOf(options).map((target) => ({ target, methods: methodsOf(target) }))
  for (const { target, methods } of services) verifyRateLimits(target, methods, mistakes)
  verifyReachedBefore(services, mistakes)
}

function methodsOf(target: Constructor): readonly string[] {
  const prototypes = ancestry(target).map(({ prototype }) => prototype as object)
  return [...new Set(prototypes.flatMap((prototype) => Object.getOwnPropertyNames(prototype)))]
}

/** Services, and what the application names itself, must be about entities the data source has. */
export function verifyEntities(options: CreateAppOptions, { registry }: ModelDataSource, mistakes: Mistakes): void {
  const users: readonly (readonly [name: string, entity: AnyClass | undefined])[] = [
    ...servicesOf(options).map((service) => [service.name, (service as Statics).entity] as const),
    ...(options.entities ?? []).map((entity) => ['The application', entity] as const),
  ]
  for (const [name, entity] of users) {
    if (!entity || registry.has(entity)) continue
    mistakes.add({
      code: 'E_UNKNOWN_ENTITY',
      subject: name,
      problem: `is about ${entity.name}, which is not among the entities of the data source.`,
      places: [],
      remedy: 'Add it to `entities`.',
    })
  }
}
