import './theme.css';
import './controls.css';
import './top-bar.css';
import './docs-page.css';
import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import {
  curlText,
  nameOf,
  type OpenApi,
  type Route,
  routesOf,
  type Schema,
  typeText,
} from './openapi-outline.ts';
import { applyTheme } from './preferences.ts';
import { Brand, ThemeSwitch } from './top-bar.tsx';
import { translationFor } from './translations.ts';

function DocsPage() {
  const [document, setDocument] = useState<OpenApi>();
  const [failure, setFailure] = useState<string>();
  useEffect(() => {
    fetch('/openapi.json')
      .then((response) => response.json())
      .then(setDocument, (error: Error) => setFailure(error.message));
  }, []);
  return (
    <div class="docs">
      <header class="top-bar">
        <Brand title="API" />
        <span class="top-bar-space" />
        <ThemeSwitch t={translationFor('en')} />
      </header>
      <main class="docs-main">
        {failure !== undefined && <p>The description cannot be read: {failure}. Load the page again.</p>}
        {document && <Interface document={document} />}
      </main>
    </div>
  );
}

function Interface({ document }: { document: OpenApi }) {
  const { info, tags, components } = document;
  useEffect(() => {
    openLinked();
    addEventListener('hashchange', openLinked);
    return () => removeEventListener('hashchange', openLinked);
  }, []);
  return (
    <>
      <h1>Basketlift API</h1>
      <p>{info.summary}</p>
      <p class="docs-soft">
        {info.description} Version {info.version}, as OpenAPI 3.1: <a href="/openapi.json">openapi.json</a>
      </p>
      {tags.map(({ name, description }) => (
        <section key={name} aria-label={name}>
          <h2>{name}</h2>
          <p class="docs-soft">{description}</p>
          {routesOf(document, name).map((route) => (
            <RouteCard key={route.operation.operationId} route={route} />
          ))}
        </section>
      ))}
      <section aria-label="Schemas">
        <h2>Schemas</h2>
        {Object.entries(components.schemas).map(([name, schema]) => (
          <details key={name} id={name} class="docs-card">
            <summary>
              <code>{name}</code>
            </summary>
            <SchemaOutline schema={schema} />
          </details>
        ))}
      </section>
    </>
  );
}

function RouteCard({ route }: { route: Route }) {
  const { method, path, operation } = route;
  const { parameters, requestBody, responses, 'x-messages': messages, 'x-scope': scope } = operation;
  const body = requestBody?.content['application/json'];
  return (
    <details class="docs-card" data-test={operation.operationId}>
      <summary>
        <code>
          <b>{method}</b> {path}
        </code>
        <span>{operation.summary}</span>
        <span class="docs-scope">{scope ?? 'no key'}</span>
      </summary>
      {operation.description && <p>{withoutMarks(operation.description)}</p>}
      {parameters.length > 0 && (
        <Fields
          caption="Parameters"
          rows={parameters.map(({ name, required, description, schema }) => ({
            name,
            isRequired: required,
            schema: { ...schema, ...(description !== undefined && { description }) },
          }))}
        />
      )}
      {body && (
        <p>
          Body: <TypeName schema={body.schema} />
        </p>
      )}
      {messages && (
        <p>
          Messages: <TypeName schema={messages.sent} /> to the gateway,{' '}
          <TypeName schema={messages.answered} /> from it
        </p>
      )}
      {!messages && <pre>{curlText(route, location.origin)}</pre>}
      <Answers responses={responses} />
    </details>
  );
}

function Answers({ responses }: { responses: Route['operation']['responses'] }) {
  return (
    <table>
      <caption>Answers</caption>
      <tbody>
        {Object.entries(responses).map(([status, { description, content = {} }]) => (
          <tr key={status}>
            <th scope="row">{status}</th>
            <td>{withoutMarks(description)}</td>
            <td>
              {Object.entries(content).map(([type, { schema }]) => (
                <div key={type}>
                  {type} <TypeName schema={schema} />
                </div>
              ))}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Outlines an object by its fields, and a union by each of its members. */
function SchemaOutline({ schema }: { schema: Schema }) {
  const either = schema.oneOf ?? schema.anyOf;
  return (
    <>
      {schema.description && <p>{schema.description}</p>}
      {either?.map((one, at) => (
        <SchemaOutline key={at} schema={one} />
      ))}
      {schema.properties && (
        <Fields
          caption="Fields"
          rows={Object.entries(schema.properties).map(([name, field]) => ({
            name,
            isRequired: schema.required?.includes(name) === true,
            schema: field,
          }))}
        />
      )}
      {!either && !schema.properties && (
        <p>
          <TypeName schema={schema} />
        </p>
      )}
    </>
  );
}

function Fields(props: { caption: string; rows: { name: string; isRequired: boolean; schema: Schema }[] }) {
  return (
    <table>
      <caption>{props.caption}</caption>
      <tbody>
        {props.rows.map(({ name, isRequired, schema }) => (
          <tr key={name}>
            <th scope="row">
              <code>{name}</code>
            </th>
            <td>
              <TypeName schema={schema} />
              {schema.default !== undefined && `, default ${JSON.stringify(schema.default)}`}
            </td>
            <td>{[isRequired && 'required', schema.description].filter(Boolean).join('; ')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function TypeName({ schema }: { schema: Schema }) {
  const name = nameOf(schema) ?? nameOf(schema.items ?? {});
  if (name === undefined) return <>{typeText(schema)}</>;
  return (
    <a href={`#${name}`} onClick={() => openCard(name)}>
      {typeText(schema)}
    </a>
  );
}

/** Opens the schema that the page's URL links to. */
function openLinked(): void {
  openCard(location.hash.slice(1))?.scrollIntoView();
}

function openCard(name: string): HTMLElement | null {
  const card = document.getElementById(name);
  card?.setAttribute('open', '');
  return card;
}

/** Removes the backticks: the texts of the document are Markdown, but use no other markup. */
function withoutMarks(text: string): string {
  return text.replaceAll('`', '');
}

applyTheme();
render(<DocsPage />, document.getElementById('page')!);
