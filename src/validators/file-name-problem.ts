/** Why a file name is refused, whatever its extension. */
export interface FileNameProblem {
  /** For programs. */
  readonly reason: string
  /** What a name must do instead, to follow the name of a property. */
  readonly message: string
}

type Check = FileNameProblem & { fails(name: string): boolean }

// Names that Windows gives to devices in every directory, also with an extension, and with digits of another form.
const devices = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)[ ]*$/i

const checks: readonly Check[] = [
  {
    reason: 'length',
    message: 'must have a name of 1 to 255 bytes',
    fails: (name) => name === '' || Buffer.byteLength(name, 'utf8') > 255,
  },
  {
    reason: 'characters',
    message: 'must have a name without control, direction or line characters',
    fails: (name) => /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u.test(name),
  },
  {
    // A colon opens an alternate data stream on NTFS, a semicolon ends the name for some servers, and a name that is
    // decoded once more than it was encoded ends at a NUL or leaves its directory.
    reason: 'delimiters',
    message: 'must have a name without colons, semicolons or encoded control and path characters',
    fails: (name) => /[:;]|%(?:[01][0-9a-f]|2f|5c|7f)/i.test(name),
  },
  {
    // Windows drops them, and so makes another name of it.
    reason: 'end',
    message: 'must have a name that ends in neither a dot nor a space',
    fails: (name) => /[.\s]$/u.test(name),
  },
  {
    reason: 'device',
    message: 'must not have the name of a device',
    fails: (name) => devices.test(name.slice(0, name.includes('.') ? name.indexOf('.') : undefined)),
  },
]

/** The last part of a path, of either kind of slash: some clients send the whole path of a file. */
export function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
}

/** What is wrong with the name of a file, apart from its extension; undefined where nothing is. */
export function fileNameProblem(name: string): FileNameProblem | undefined {
  const found = checks.find((check) => check.fails(name))
  return found && { reason: found.reason, message: found.message }
}
