import { readFile, rm } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { type Plugin, rollup } from 'rollup'

/** What a package.json says of the files that programs load. */
interface Manifest {
  readonly bin: Readonly<Record<string, string>>
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>
}

/**
 * Makes one file of all that an entry point of a compiled package loads, in place of that entry point. The modules it is
 * made of stay beside it.
 * @throws {Error} where two classes have one name: one of them would be renamed, and names of classes are shown.
 */
export async function bundlePackage(root: string): Promise<void> {
  const entries = await entriesOf(root)
  const bundle = await rollup({
    input: Object.fromEntries(entries.map((entry) => [entry.replace(/\.js$/, ''), join(root, entry)])),
    // Packages, and the entry points of this one, which import one another as packages do.
    external: (imported) => !imported.startsWith('.') && !isAbsolute(imported),
    plugins: [compiledSources, keptNames, oneByteText],
    // TypeScript writes `this` before its decorators, which is undefined in a module.
    context: 'this',
    // All that modules do when they are loaded is done still.
    treeshake: false,
    onwarn: ({ message }) => {
      throw new Error(message)
    },
  })
  try {
    await bundle.write({ dir: root, sourcemap: true, sourcemapExcludeSources: true })
  } finally {
    await bundle.close()
  }
  // With it the next compiler would take the bundles for its own output, and leave them.
  await rm(join(root, 'dist/.tsbuildinfo'), { force: true })
}

async function entriesOf(root: string): Promise<readonly string[]> {
  const { bin, exports } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Manifest
  const exported = Object.values(exports).flatMap((entry) => (typeof entry === 'string' ? [] : [entry.default]))
  return [...exported, ...Object.values(bin)].map((path) => path.replace('./', ''))
}

/** Reads what the compiler wrote, with its maps: a line of a stack trace is one of the source. */
const compiledSources: Plugin = {
  name: 'compiled-sources',
  async load(file) {
    const [code, map] = await Promise.all([file, `${file}.map`].map((path) => readFile(path, 'utf8')))
    return { code: code!, map: map! }
  },
}

/** Modules that become one file share a scope, so what has the name of another is renamed; but names are shown in errors. */
const keptNames: Plugin = {
  name: 'kept-names',
  renderChunk(code) {
    const [, renamed] = /^(?:export )?class (\w+\$\d+)\b/m.exec(code) ?? []
    if (renamed !== undefined) this.error(`Two classes have one name: a bundle would call one of them ${renamed}.`)
    const exported = code.slice(code.lastIndexOf('\nexport {'))
    const names = [...exported.matchAll(/(\w+\$\d+) as (\w+)/g)].map(
      ([, inside, name]) => `[${inside}, '${inside}', '${name}']`,
    )
    // Appended lines leave the map as it is.
    return { code: names.length === 0 ? code : `${code}\n${naming(names)}`, map: null }
  },
}

const naming = (names: readonly string[]): string => `for (const [value, inside, name] of [
  ${names.join(',\n  ')},
]) {
  if (value?.name === inside) Object.defineProperty(value, 'name', { value: name, configurable: true });
}
`

/** V8 keeps the text of a program, with two bytes for each letter where one of them needs two, which is 1.6 MB more. */
const oneByteText: Plugin = {
  name: 'one-byte-text',
  renderChunk: (code) => ({ code: code.replace(/[^\0-\xff]/g, escaped), map: null }),
}

const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
