import { globSync, readFileSync } from 'node:fs'
import ts from 'typescript'
import { expect, test } from 'vitest'

const root = new URL('../../', import.meta.url).pathname
const isOurs = (path: string): boolean =>
  !/\.(test|d)\.ts$|\/(testing|generated|node_modules)\/|^packages\/easyparcel-simulator\//.test(path)

/** The functions that a declaration or a value is; methods and constructors of classes are not among them. */
const functionsOf = (node: ts.Node): ts.SignatureDeclaration[] => {
  if (ts.isFunctionDeclaration(node) || ts.isArrowFunction(node) || ts.isFunctionExpression(node)) return [node]
  if (ts.isVariableStatement(node)) return node.declarationList.declarations.flatMap(functionsOf)
  if (ts.isVariableDeclaration(node) || ts.isPropertyAssignment(node))
    return node.initializer ? functionsOf(node.initializer) : []
  if (ts.isAsExpression(node) || ts.isSatisfiesExpression(node)) return functionsOf(node.expression)
  if (ts.isObjectLiteralExpression(node)) return node.properties.flatMap(functionsOf)
  return ts.isMethodDeclaration(node) ? [node] : []
}

const isExported = (statement: ts.Statement): boolean =>
  ts.canHaveModifiers(statement) &&
  (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)

const crowded = (path: string, text: string): string[] =>
  ts
    .createSourceFile(path, text, ts.ScriptTarget.Latest, true)
    .statements.filter(isExported)
    .flatMap(functionsOf)
    .filter(({ parameters }) => parameters.length > 2)
    .map((node) => `${path}: ${node.parent.getText().split('\n', 1)[0]}`)

test('a third argument is seen in functions, arrows and the members of objects', () => {
  const text = `export function a(x, y, z) {}
    export const b = async (x, { y }, z = 1) => x
    export const c = { d: (x, y, z) => x, e(x, y, z) {}, f: (x, y) => x }
    const inner = (x, y, z) => x`
  expect(crowded('a.ts', text)).toHaveLength(4)
})

test('no function that other files may call takes more than two arguments: the others come in an object', () => {
  const paths = globSync('{apps,packages}/*/src/**/*.ts', { cwd: root, exclude: ['**/node_modules/**'] }).filter(isOurs)
  expect(paths.length).toBeGreaterThan(300)
  expect(paths.flatMap((path) => crowded(path, readFileSync(`${root}${path}`, 'utf8')))).toEqual([])
})
