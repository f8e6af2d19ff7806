import { DefinitionError, type Mistake } from '../errors/definition-error.js'
import type { Place } from '../metadata/place.js'

/**
 * Looks at what a viewset is made of, for programs whose types were silenced, and for modules that import each other.
 * @throws {DefinitionError} `E_UNKNOWN_ENTITY` or `E_SERIALIZER`.
 */
export function verifyViewSetOptions(entity: unknown, serializer: unknown, place: Place): void {
  const mistakes: Omit<Mistake, 'subject' | 'places'>[] = []
  if (typeof entity !== 'function') {
    mistakes.push({
      code: 'E_UNKNOWN_ENTITY',
      problem: `it is given ${String(entity)} as its entity.`,
      remedy: 'Give it the class; where that is undefined, look for modules that import each other.',
    })
  }
  if (typeof serializer !== 'function' || !('spec' in serializer)) {
    mistakes.push({
      code: 'E_SERIALIZER',
      problem: 'it is given no serializer.',
      remedy: 'Give it a class: class CitySerializer extends Serializer(City, { fields: […] }) {}.',
    })
  }
  if (mistakes.length === 0) return
  throw new DefinitionError(mistakes.map((mistake) => ({ ...mistake, subject: 'A viewset', places: [place] })))
}
