import type { OpenApiDocument } from 'plinth'
import { describeApp } from 'plinth/container'
import { isApplicationOptions } from '../application-options.js'
import { CommandError } from '../command.js'
import { asCommandError, given, importModule, isObject } from '../load-module.js'

/** An application, described. */
export interface Described {
  readonly document: OpenApiDocument
  readonly warnings: readonly string[]
}

const usualNames = ['default', 'app', 'options'] as const

/**
 * Describes the application that a module exports: itself, the options it is made from, or a function that gives either.
 * Where it is options, nothing is connected to.
 * @throws {CommandError} where there is no such module or export, or its declarations are wrong.
 */
export async function loadDescribed(path: string, name?: string): Promise<Described> {
  const exported = await importModule(path)
  const names = name === undefined ? usualNames : [name]
  for (const one of names) {
    const found = one in exported ? await given(exported[one]) : undefined
    if (isApplication(found)) return closing(found)
    if (isApplicationOptions(found)) return described(() => describeApp(found))
  }
  const known = Object.keys(exported).join(', ') || 'nothing'
  throw new CommandError(
    `${path} exports no application as ${names.join(', ')}: it exports ${known}. ` +
      'Export what createApp gives or takes, or a function that gives it, and name it with --export.',
  )
}

interface Running {
  openapi(): OpenApiDocument
  openapiWarnings(): readonly string[]
  close?(): Promise<void>
}

/** By what it can do: a module may have a copy of the framework of its own. */
function isApplication(value: unknown): value is Running {
  return isObject(value) && typeof value['openapi'] === 'function' && typeof value['openapiWarnings'] === 'function'
}

async function closing(application: Running): Promise<Described> {
  try {
    return described(() => ({ document: application.openapi(), warnings: application.openapiWarnings() }))
  } finally {
    await application.close?.()
  }
}

function described(describe: () => Described): Described {
  try {
    return describe()
  } catch (error) {
    throw asCommandError(error, 'The application could not be described')
  }
}
