import { toUSVString } from 'node:util'
import { baseName, fileNameProblem } from '../validators/file-name-problem.js'

const longest = 255

/**
 * The name of a file as it can be shown, and offered to whoever loads the file: the last part of what a client sent,
 * without control and direction characters, with `_` for what delimits something, at most 255 bytes in UTF-8 with its
 * extension, and never the name of a device. `fileNameProblem` finds nothing wrong with it. It is for people: files are
 * stored under keys.
 */
export function safeFileName(sent: string): string {
  const plain = trimmed(
    baseName(toUSVString(sent))
      .normalize('NFC')
      .replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\uFFFD]/gu, '')
      .replace(/[:;%<>"|?*]/g, '_'),
  )
  const named = fileNameProblem(plain)?.reason === 'device' ? `_${plain}` : plain
  return shortened(named) || 'file'
}

/** Without blanks at its beginning, and without blanks and dots at its end; an expression would look at those in its middle again and again. */
function trimmed(name: string): string {
  let end = name.length
  while (end > 0 && /[.\s]/u.test(name[end - 1]!)) end--
  return name.slice(0, end).trimStart()
}

/** Keeps the extension, by which people know what it is. */
function shortened(name: string): string {
  if (Buffer.byteLength(name) <= longest) return name
  const [extension = ''] = /\.[A-Za-z0-9]{1,16}$/.exec(name) ?? []
  let stem = ''
  let bytes = Buffer.byteLength(extension)
  for (const character of name.slice(0, name.length - extension.length)) {
    bytes += Buffer.byteLength(character)
    if (bytes > longest) break
    stem += character
  }
  return trimmed(stem) + extension
}
