import type { AppException, FieldError } from '../../errors/app-exception.js'
import { renamedPointer } from '../../errors/json-pointer.js'
import type { Naming } from '../../helpers/naming.js'
import { whenAsked } from '../../helpers/when-asked.js'
import type { EntityDescription } from '../../model/entity-description.js'
import type { ActionModel } from '../action-model.js'
import type { Exchange } from '../exchange.js'
import type { PipelineHost } from '../host.js'
import { takesBody } from '../pipeline/negotiate.js'

/** What errors are about, and what names are called outside. */
export interface ErrorNames {
  readonly naming: Naming
  readonly description: EntityDescription | undefined
  /** Whether bodies hold what they say of rows one member deeper, as those of several items do. */
  readonly severalItems?: boolean
}

/** An exception whose errors name what callers know. What lies in JSON columns is called as it is. */
export function renamedException(exception: AppException, names: ErrorNames): AppException {
  if (names.naming.style === 'asDeclared' || exception.errors.length === 0) return exception
  // Everything else of it, its class and its cause among them, is as it was.
  return Object.create(exception, { errors: { value: outsideErrors(exception.errors, names) } }) as AppException
}

/** Errors that name properties, as callers know those. */
export function outsideErrors(
  errors: readonly FieldError[],
  { naming, description, severalItems = false }: ErrorNames,
): readonly FieldError[] {
  if (naming.style === 'asDeclared') return errors
  return errors.map((error) => ({
    ...error,
    ...(error.parameter !== undefined && { parameter: naming.path(error.parameter) }),
    ...(error.pointer !== undefined && {
      pointer: renamedPointer(error.pointer, (names) => {
        const first = severalItems ? 1 : 0
        const above = names.slice(0, first).map(naming.outside)
        return [...above, ...outsideNames(names.slice(first), description, naming)]
      }),
    }),
  }))
}

/** Follows relations, past the places of rows in lists, up to the first name that is none. */
function outsideNames(
  names: readonly string[],
  description: EntityDescription | undefined,
  { outside }: Naming,
): readonly string[] {
  let level = description
  const last = names.findIndex((name) => {
    if (/^\d+$/.test(name)) return false
    const relation = level?.relations.get(name)
    level = relation?.target()
    return relation === undefined
  })
  return names.map((name, at) => (last < 0 || at <= last ? outside(name) : name))
}

/**
 * How exceptions of an action are renamed. What is wrong with its input is said by who reads that, in names of the caller,
 * which may be unknown; whatever is thrown afterwards names properties.
 */
export function renamingOf(
  action: ActionModel,
  { naming, dataSource }: Pick<PipelineHost, 'naming' | 'dataSource'>,
): ((exchange: Exchange) => { readonly renamed?: (exception: AppException) => AppException }) | undefined {
  if (naming.style === 'asDeclared') return undefined
  const names = whenAsked(() => ({
    naming,
    description: action.entity && dataSource?.describe(action.entity),
    severalItems: action.contract !== undefined,
  }))
  const isRead = takesBody(action)
    ? ({ body, files }: Exchange) => body !== undefined || files !== undefined
    : ({ query }: Exchange) => query !== undefined
  return (exchange) => (isRead(exchange) ? { renamed: (exception) => renamedException(exception, names()) } : {})
}
