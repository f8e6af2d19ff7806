import type { Mistakes } from '../errors/definition-error.js'
import { asDeclared, type NameStyle, type Naming, nameStyles, namingOf } from '../helpers/naming.js'

/** The naming that an application asks for; another style than there is is added to `mistakes`. */
export function verifiedNaming(names: NameStyle, mistakes: Mistakes): Naming {
  if (nameStyles.includes(names)) return namingOf(names)
  mistakes.add({
    code: 'E_NAMES',
    subject: 'names',
    problem: `it is "${names}", which is no way to spell names.`,
    places: [],
    remedy: `Choose one of: ${nameStyles.join(', ')}.`,
  })
  return asDeclared
}
