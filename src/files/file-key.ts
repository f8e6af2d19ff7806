import { UsageError } from '../errors/usage-error.js'
import { fileNameProblem } from '../validators/file-name-problem.js'

// Lower case, because some file systems take two cases for one name.
const form = /^[a-z0-9][a-z0-9_-]{0,99}(?:\.[a-z0-9]{1,16}){0,2}$/

/**
 * Refuses what no file can be stored under: keys are lower-case letters of ASCII, digits, `-` and `_`, and may end in one
 * or two extensions. They are chosen by programs, never taken from callers.
 * @throws {UsageError} E_FILE_KEY.
 */
export function requireFileKey(key: string): void {
  if (form.test(key) && !fileNameProblem(key)) return
  throw new UsageError(
    'E_FILE_KEY',
    'A file is stored under a key of lower-case letters, digits, "-" and "_", such as a UUID; never under a name that a ' +
      'caller chose.',
  )
}

/** What a storage throws where a key is in use. */
export function keyInUse(): UsageError {
  return new UsageError('E_FILE_KEY', 'A file is stored under this key already. Keys are written once: take a new one.')
}
