import type { Progress } from './import-world.js'

const width = 40

/** Draws a bar on one line, and ends the line when all is written. */
export function progressBar(title: string, print: (text: string) => void): Progress {
  return (written, total) => {
    const filled = Math.round((written / total) * width)
    const bar = '#'.repeat(filled).padEnd(width, '.')
    print(`\r${title} [${bar}] ${written} of ${total}${written === total ? '\n' : ''}`)
  }
}
