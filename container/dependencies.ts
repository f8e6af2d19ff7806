import { type AnyClass, ancestry, type Constructor, constructorParameters } from 'plinth'
import { injectable } from 'tsyringe'

/** One constructor parameter that has to be injected. */
export interface Dependency {
  /** A class, symbol or string; undefined where the class did not exist yet when its user was decorated. */
  readonly key: unknown
  /** Which parameter it is, counted from 1. */
  readonly position: number
  readonly optional?: boolean
  /** Made only when it is first used. */
  readonly delayed?: boolean
}

/**
 * What a class is constructed from, or undefined where nothing recorded it. A class without a constructor of its own is
 * constructed like its nearest ancestor that has one, whether it is decorated or not.
 */
export function dependenciesOf(target: Constructor): readonly Dependency[] | undefined {
  const recorded = record(target)
  if (!recorded) return target.length === 0 ? [] : undefined
  return recorded.flatMap((parameter, index) => read(parameter, index + 1))
}

/**
 * The keys of what a class is constructed from, where each parameter takes exactly one thing as it is; undefined where
 * anything is optional, transformed, made later, or a list.
 */
export function plainKeysOf(target: Constructor): readonly unknown[] | undefined {
  const recorded = record(target) ?? (target.length === 0 ? [] : undefined)
  return recorded?.every(isPlain) ? recorded.map((parameter, index) => read(parameter, index + 1)[0]!.key) : undefined
}

function isPlain(parameter: unknown): boolean {
  if (typeof parameter !== 'object' || parameter === null) return true
  const { token, transform, isOptional, multiple, wrap } = parameter as Descriptor
  return transform === undefined && !wrap && !isOptional && !multiple && (typeof token !== 'object' || token === null)
}

/**
 * tsyringe knows a class once `injectable` saw it, and writes the tokens of `@inject` into the types the compiler
 * recorded. Seeing a class twice changes nothing, and nothing about it belongs to an application.
 */
function record(target: Constructor): readonly unknown[] | undefined {
  for (const ancestor of ancestry(target)) recordTokens(ancestor)
  const classes = ancestry(target).filter((ancestor) => constructorParameters(ancestor) !== undefined)
  for (const ancestor of classes) injectable()(asConstructor(ancestor))
  const nearest = classes.at(-1)
  if (nearest === undefined || (nearest !== target && target.length > 0)) return undefined
  injectable()(asConstructor(target))
  return constructorParameters(nearest)
}

/** Compilers such as esbuild record no types. Where `@inject` says what each parameter is, nothing else has to. */
function recordTokens(target: AnyClass): void {
  const tokens = Reflect.getOwnMetadata('injectionTokens', target) as Readonly<Record<number, unknown>> | undefined
  if (!tokens || constructorParameters(target) !== undefined) return
  const given = Object.values(tokens)
  const count = 1 + Math.max(...Object.keys(tokens).map(Number))
  if (given.length === count && count >= target.length) Reflect.defineMetadata('design:paramtypes', given, target)
}

const asConstructor = (target: AnyClass) => target as new (...args: unknown[]) => unknown

interface Descriptor {
  readonly token?: unknown
  readonly transform?: unknown
  readonly isOptional?: boolean
  /** Of `@injectAll`. */
  readonly multiple?: boolean
  /** The function of `delay(() => Other)`. */
  readonly wrap?: () => unknown
}

function read(parameter: unknown, position: number): readonly Dependency[] {
  if (typeof parameter !== 'object' || parameter === null) return [{ key: parameter, position }]
  const { token, transform, isOptional, wrap } = parameter as Descriptor
  if (wrap) return [{ key: wrap(), position, delayed: true }]
  const optional = isOptional ? { optional: true } : {}
  const found = read(token, position).map((dependency) => ({ ...dependency, ...optional }))
  return transform === undefined ? found : [...found, { key: transform, position }]
}
