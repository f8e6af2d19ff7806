import { getMetadataArgsStorage, type MetadataArgsStorage } from 'routing-controllers'
import { type AnyClass, ancestry } from '../../metadata/fact-kind.js'

/** What `@JsonController` or `@Controller` wrote. */
export type ControllerEntry = MetadataArgsStorage['controllers'][number]
/** What `@Get` and the like wrote. */
export type ActionEntry = MetadataArgsStorage['actions'][number]
/** What `@Param`, `@Body` and the like wrote. */
export type ParameterEntry = MetadataArgsStorage['params'][number]
/** What `@UseBefore` or `@UseAfter` wrote. */
export type UseEntry = MetadataArgsStorage['uses'][number]
/** What `@UseInterceptor` wrote. */
export type InterceptorEntry = MetadataArgsStorage['useInterceptors'][number]
/** What `@HttpCode`, `@Header`, `@Authorized` and the like wrote. */
export type HandlerEntry = MetadataArgsStorage['responseHandlers'][number]

/** What decorators of routing-controllers said about one class. */
export interface NativeLevel {
  readonly target: AnyClass
  readonly controllers: readonly ControllerEntry[]
  readonly actions: readonly ActionEntry[]
  readonly parameters: readonly ParameterEntry[]
  readonly uses: readonly UseEntry[]
  readonly interceptors: readonly InterceptorEntry[]
  readonly handlers: readonly HandlerEntry[]
}

/** What decorators of routing-controllers said about a class and each of its ancestors, base class first. */
export function nativeLevels(target: AnyClass): readonly NativeLevel[] {
  const storage = getMetadataArgsStorage()
  const classes = ancestry(target)
  const known = new Set<unknown>(classes)
  const about = ({ target }: { readonly target: unknown }): boolean => known.has(target)
  const said: Said = {
    controllers: storage.controllers.filter(about),
    actions: storage.actions.filter(about),
    parameters: storage.params.filter(({ object }) => known.has((object as object).constructor)),
    uses: storage.uses.filter(about),
    interceptors: storage.useInterceptors.filter(about),
    handlers: storage.responseHandlers.filter(about),
  }
  const silent = Object.values(said).every((entries) => entries.length === 0)
  return classes.map((one) => (silent ? { target: one, ...nothing } : levelOf(one, said)))
}

type Said = Omit<NativeLevel, 'target'>

const none: readonly never[] = Object.freeze([])
const nothing: Said = {
  controllers: none,
  actions: none,
  parameters: none,
  uses: none,
  interceptors: none,
  handlers: none,
}

function levelOf(target: AnyClass, { controllers, actions, parameters, uses, interceptors, handlers }: Said) {
  const about = (entry: { readonly target: unknown }): boolean => entry.target === target
  return {
    target,
    controllers: controllers.filter(about),
    actions: actions.filter(about),
    parameters: parameters.filter((entry) => (entry.object as object).constructor === target),
    uses: uses.filter(about),
    interceptors: interceptors.filter(about),
    handlers: handlers.filter(about),
  }
}

/** What was said about one member of a class; about the class itself where the member is undefined. */
export function aboutMember<E extends { readonly method?: string }>(
  entries: readonly E[],
  member: string | undefined,
): readonly E[] {
  return entries.length === 0 ? entries : entries.filter(({ method }) => method === member)
}
