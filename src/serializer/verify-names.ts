import type { Mistakes } from '../errors/definition-error.js'
import { type Naming, sharedNames } from '../helpers/naming.js'
import type { AnySerializerLike } from './serializer-spec.js'

/** Names that stand beside each other, and where they are declared. */
export interface NamesBeside {
  readonly subject: string
  readonly place: string
  readonly names: Iterable<string>
}

/** Adds names that callers could not tell apart. */
export function verifyNamesBeside({ subject, place, names }: NamesBeside, naming: Naming, mistakes: Mistakes): void {
  const all = [...new Set(names)]
  for (const shared of sharedNames(all, naming)) {
    const alike = all.filter((name) => naming.outside(name) === shared)
    mistakes.add({
      code: 'E_SAME_NAME',
      subject,
      problem: `${alike.map((name) => `"${name}"`).join(' and ')} would both be called "${shared}".`,
      places: [place],
      remedy: 'Give one of them another name, or leave `names` of the application out.',
    })
  }
}

/** Adds the fields of a serializer that callers could not tell apart. */
export function verifyNames(serializer: AnySerializerLike, naming: Naming, mistakes: Mistakes): void {
  const { name, entity, spec, place = '' } = serializer as AnySerializerLike & { readonly place?: string }
  const names = [...spec.fields, ...Object.keys(spec.computed ?? {})]
  verifyNamesBeside({ subject: name, place: `Serializer(${entity.name}) at ${place}`, names }, naming, mistakes)
}
