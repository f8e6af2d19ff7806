/** The properties of an order: of one that has a name, they begin with it. */
export function propertiesOf(kind: 'Orderable' | 'Ranked', as: string) {
  const place = kind === 'Orderable' ? 'position' : 'rank'
  return as === ''
    ? { place, memory: 'predecessor' }
    : { place: `${as}${capitalized(place)}`, memory: `${as}Predecessor` }
}

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
