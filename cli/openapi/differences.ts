const most = 50

/** Where two JSON values differ, each place in a line: `/paths/~1cities/get is missing in the file`. */
export function differences(kept: unknown, made: unknown): readonly string[] {
  const found = [...differing(kept, made, '')]
  return found.length <= most ? found : [...found.slice(0, most), `and ${found.length - most} more`]
}

function* differing(kept: unknown, made: unknown, at: string): Generator<string> {
  if (!isObject(kept) || !isObject(made) || Array.isArray(kept) !== Array.isArray(made)) {
    if (JSON.stringify(kept) !== JSON.stringify(made))
      yield `${at || '/'} is ${shown(made)}, and ${shown(kept)} in the file`
    return
  }
  for (const name of new Set([...Object.keys(kept), ...Object.keys(made)])) {
    const place = `${at}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
    if (!Object.hasOwn(kept, name)) yield `${place} is missing in the file`
    else if (!Object.hasOwn(made, name)) yield `${place} is in the file alone`
    else yield* differing(kept[name], made[name], place)
  }
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null
