import transliterateFor from '@sindresorhus/transliterate'
import anyAscii from 'any-ascii'

// The languages the library has tables of their own for.
const ruled = new Set(['da', 'de', 'hu', 'nb', 'no', 'sr', 'sv', 'tr'])

/**
 * Writes a text in ASCII: letters and ideographs by their sound, symbols and emoji by a name, and nothing for what has
 * neither. `locale` is a BCP 47 tag; Danish, German, Hungarian, Norwegian, Serbian, Swedish and Turkish have rules of
 * their own (`ä` is `ae` in German and `a` in Swedish), any other is transliterated without regard to the language.
 */
export function transliterate(text: string, locale = ''): string {
  if (!/[^\0-\x7f]/.test(text)) return text
  const [language = ''] = locale.toLowerCase().split('-')
  return anyAscii(ruled.has(language) ? transliterateFor(text, { locale }) : text)
}
