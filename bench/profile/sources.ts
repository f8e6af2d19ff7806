import { existsSync, readFileSync } from 'node:fs'
import type { Profiler } from 'node:inspector'
import { SourceMap } from 'node:module'

const project = new URL('../../../', import.meta.url).href
const maps = new Map<string, SourceMap | undefined>()

/** The source that a function is written in, below the project; the URL or path of its module where that has no map. */
export function sourceOf({ url, lineNumber, columnNumber }: Profiler.ProfileNode['callFrame']): string {
  if (!url.startsWith(project) || url.includes('/node_modules/')) return url
  if (!maps.has(url)) maps.set(url, mapOf(new URL(`${url}.map`)))
  const entry = maps.get(url)?.findEntry(lineNumber, columnNumber)
  if (entry === undefined || !('originalSource' in entry)) return url
  return new URL(entry.originalSource, url).href.slice(project.length)
}

function mapOf(file: URL): SourceMap | undefined {
  return existsSync(file) ? new SourceMap(JSON.parse(readFileSync(file, 'utf8'))) : undefined
}
