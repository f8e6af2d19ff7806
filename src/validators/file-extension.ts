import type { ValidationOptions } from 'class-validator'
import { UsageError } from '../errors/usage-error.js'
import { type OptionNames, requireKnownBy } from '../helpers/known-options.js'
import { baseName, fileNameProblem } from './file-name-problem.js'
import { nameOf } from './received-file.js'
import { runnableExtensions } from './runnable-extensions.js'
import { Satisfies } from './satisfies.js'
import { type Complaints, complaint, defineValidator, type Validator } from './validator.js'

/** How the names of files may end. */
export interface FileExtensionOptions {
  /** The extensions that will do, with their dot: `['.jpg', '.tar.gz']`. */
  readonly allowed: readonly string[]
}

const fileExtensionOptions: OptionNames<FileExtensionOptions> = { allowed: true }

/**
 * Makes a validator of the name of a file: of a text, or of what has a name (`File`, `{ originalname }`). The name ends
 * in an allowed extension, in any case of ASCII, and has something before it; no extension further left is one that
 * servers run (`a.php.jpg`); and nothing in it deceives people or file systems (control and direction characters,
 * streams, devices, ends that are dropped). Says nothing of the content: use `validateFileContent` too, and store
 * files under names of your own.
 * @throws {UsageError} E_VALIDATOR_OPTIONS unless extensions are given, each with its dot.
 */
export function validateFileExtension(options: FileExtensionOptions): Validator {
  requireKnownBy(validateFileExtension, options, fileExtensionOptions)
  const { allowed } = options
  const endings = endingsOf(allowed)
  const message = `must be the name of a file that ends in ${endings.join(' or ')}`
  return defineValidator({
    rule: 'fileExtension',
    message,
    schema: Object.freeze({ type: 'string', minLength: 1, pattern: patternOf(endings) }),
    complaints: (value): Complaints => {
      const name = nameOf(value)
      if (name === undefined) return complaint('fileExtension', message, { reason: 'name', allowed: endings })
      const problem = fileNameProblem(baseName(name)) ?? extensionProblem(baseName(name), endings, message)
      return problem ? complaint('fileExtension', problem.message, { reason: problem.reason, allowed: endings }) : []
    },
  })
}

/** Refuses a property without a safe file name that ends in an allowed extension (see `validateFileExtension`). */
export function FileExtension(options: FileExtensionOptions, validationOptions?: ValidationOptions): PropertyDecorator {
  requireKnownBy(FileExtension, options, fileExtensionOptions, { subject: '@FileExtension' })
  return Satisfies(validateFileExtension(options), validationOptions)
}

function extensionProblem(
  name: string,
  endings: readonly string[],
  message: string,
): { readonly reason: string; readonly message: string } | undefined {
  const lower = asciiLowerCase(name)
  const ending = endings.find((one) => lower.endsWith(one) && lower.length > one.length)
  if (ending === undefined) return { reason: 'extension', message }
  const [, ...earlier] = lower.slice(0, -ending.length).split('.')
  return earlier.some((one) => runnableExtensions.has(one.trim()))
    ? {
        reason: 'doubleExtension',
        message: 'must have a name without an extension that servers run before the last one',
      }
    : undefined
}

/** @throws {UsageError} E_VALIDATOR_OPTIONS unless extensions are given, each with its dot. */
export function endingsOf(allowed: readonly string[]): readonly string[] {
  const wrong = allowed.find((one) => !/^(?:\.[A-Za-z0-9]+)+$/.test(one))
  if (allowed.length > 0 && wrong === undefined) return Object.freeze(allowed.map(asciiLowerCase))
  const problem = wrong === undefined ? 'none is' : `"${wrong}" is no extension`
  throw new UsageError(
    'E_VALIDATOR_OPTIONS',
    `Give the allowed extensions with their dots, as ['.jpg', '.png']: ${problem}.`,
  )
}

/** Lower case as file systems and servers see it: toLowerCase() also makes a k out of the sign for kelvin. */
export function asciiLowerCase(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}

function patternOf(endings: readonly string[]): string {
  const anyCase = endings.map((one) =>
    one.replaceAll('.', String.raw`\.`).replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`),
  )
  return `[^/\\\\](?:${anyCase.join('|')})$`
}
