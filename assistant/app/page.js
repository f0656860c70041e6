// Puts what the server renders in its place, and sends clicks and requests back. No framework: one morph, one loop.
(() => {
  'use strict';
  const regions = {};
  const latest = {};
  let server = null, board = '', seq = 0, ran = '', busy = false, asks = false, running = false, sent = null;
  let words = {};  // what the page says by itself, where it is not in English
  let view = {};
  try { view = JSON.parse(sessionStorage.getItem('easel') || '{}'); } catch { view = {}; }
  const byId = (id) => document.getElementById(id);
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));

  // --- calls -------------------------------------------------------------------------------------------------------
  async function call(request) {
    return server.call({ board, after: seq, ran, view, language: navigator.language, ...request });
  }
  async function act(request) {
    say('');
    try {
      const reply = await call(request);
      if (reply.regions) show(reply.regions);
      if (reply.error) say(reply.error);
      return reply;
    } catch {
      say(told('Easel does not answer. Is it still running?'), true);
      return { error: 'no answer' };
    }
  }
  const say = (text, gone = false) => { const at = byId('note'); if (at) { at.textContent = text; at.hidden = !text; at.toggleAttribute('data-gone', gone); } };
  const told = (english, places = {}) => (words[english] ?? english).replace(/\{(\w+)\}/g, (_, name) => places[name]);

  async function follow() {
    for (;;) {
      const started = Date.now();
      try {
        const news = await call({ do: 'news' });
        offline(false);
        if (news.error) { say(news.error); await pause(3000); continue; }
        take(news);
      } catch {
        offline(true);
        await pause(2000);
      }
      await pause(Math.max(0, 200 - (Date.now() - started)));  // at most five updates a second
    }
  }
  function offline(is) {
    document.body.classList.toggle('easel-offline', is);
    if (is) say(told('Easel does not answer. Start it again; this page goes on by itself.'), true);
    else if (byId('note')?.hasAttribute('data-gone')) say('');
  }
  function take(news) {
    if (news.reset) byId('log').replaceChildren();
    if (news.words) { words = news.words; document.documentElement.lang = 'ko'; translate('#region-switch, #region-sidebar, #region-talk'); }
    board = news.board; seq = news.seq; ran = news.ran; busy = news.busy;
    if ('asks' in news) {
      if (news.asks && !asks && !news.reset) showSide('talk');  // on a phone the question would not be seen
      asks = news.asks;
    }
    if (news.turns.length) turns(news.turns);
    if (news.regions) show(news.regions);
    if (news.tab) { openTab(news.tab); toTop(); }
    if (news.model && view.model !== news.model) look({ model: news.model });
    if ('failed' in news) {
      const error = sent && document.querySelector(`form[data-prefix="${CSS.escape(sent[0])}"][data-tool="${CSS.escape(sent[1])}"] [data-error]`);
      if (error) error.textContent = news.failed;
      sent = null;
    }
    composer();
  }
  function composer() {
    byId('send').hidden = busy && !asks;
    byId('stop').hidden = !busy;
    document.querySelector('#switch [data-text=talk]').textContent = told(asks ? 'Chat: a question' : busy ? 'Chat: working …' : 'Chat');
    byId('ask').disabled = busy && !asks;
    translate('#tabs > .tab-wrapper');
    document.body.dataset.busy = busy ? '1' : '0';
    document.querySelectorAll('[data-form] button[type=submit], .ideas button').forEach((b) => { b.disabled = busy || b.hasAttribute('data-stuck'); });
  }

  // Puts the words of what is made once for everybody, which is English, in the language of the page.
  function translate(where) {
    for (const root of document.querySelectorAll(where)) {
      const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
      while (texts.nextNode()) { const text = texts.currentNode.data.trim(); if (words[text]) texts.currentNode.data = words[text]; }
      for (const at of root.querySelectorAll('[aria-label], [placeholder]')) {
        for (const name of ['aria-label', 'placeholder']) if (words[attr(at, name)]) at.setAttribute(name, words[attr(at, name)]);
      }
    }
  }

  // --- showing -----------------------------------------------------------------------------------------------------
  function turns(list) {
    const log = byId('log');
    let low = log.scrollHeight - log.scrollTop - log.clientHeight < 120;
    log.querySelector('.empty')?.remove();
    for (const turn of list) {
      const fresh = parse(turn.html);
      const old = [...log.children].find((child) => child.dataset.key === turn.key);
      if (old) morph(old, fresh); else { log.append(fresh); low = true; }
    }
    if (low) log.scrollTop = log.scrollHeight;
    log.querySelectorAll('img').forEach((img) => { if (!img.complete && low) img.onload = () => { log.scrollTop = log.scrollHeight; }; });
  }
  function show(parts) {
    Object.assign(latest, parts);
    for (const [name, html] of Object.entries(parts)) {
      const at = byId(name);
      if (name === 'empty') {
        if (!byId('log').querySelector('.turn')) byId('log').replaceChildren(parse(html));
      } else if (at) {
        const fresh = at.cloneNode(false);
        fresh.innerHTML = html;
        morph(at, fresh);
      }
    }
    document.querySelectorAll('form[data-points]').forEach(tell);
    composer();
  }
  function parse(html) {
    const box = document.createElement('template');
    box.innerHTML = html;
    return box.content.firstElementChild;
  }
  // Makes `old` look like `fresh` and leaves alone what a person changed: open details, typed text, focus, scroll.
  function morph(old, fresh) {
    if (fresh.hasAttribute('data-error')) return;  // what is wrong stays until the form is sent again
    for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && name !== 'open' && name !== 'disabled') old.removeAttribute(name);
    for (const { name, value } of fresh.attributes) {
      if (old.getAttribute(name) === value) continue;
      old.setAttribute(name, value);
      if (name === 'value' && old.tagName === 'INPUT' && old.type !== 'checkbox') old.value = value;
    }
    if (old.tagName === 'SELECT' && old.innerHTML !== fresh.innerHTML) { const was = old.value; old.innerHTML = fresh.innerHTML; pickOption(old, was, fresh); return; }
    if (old.tagName === 'TEXTAREA') { if (old.defaultValue !== fresh.defaultValue) old.defaultValue = fresh.defaultValue; return; }
    const before = [...old.childNodes], after = [...fresh.childNodes];
    for (let i = 0; i < Math.max(before.length, after.length); i++) {
      const a = before[i], b = after[i];
      if (!b) a.remove();
      else if (!a) old.append(b);
      else if (a.nodeType !== b.nodeType || a.nodeName !== b.nodeName || attr(a, 'id') !== attr(b, 'id') || attr(a, 'data-key') !== attr(b, 'data-key')) a.replaceWith(b);
      else if (a.nodeType === Node.TEXT_NODE) { if (a.data !== b.data) a.data = b.data; }
      else morph(a, b);
    }
  }
  const attr = (node, name) => node.getAttribute?.(name) ?? null;
  function pickOption(select, was, fresh) {
    const marked = [...fresh.options].find((option) => option.hasAttribute('selected'));
    const wanted = marked ? marked.value : was;
    if ([...select.options].some((option) => option.value === wanted)) select.value = wanted;
  }
  function openTab(name) {
    const tab = document.querySelector(`#tabs button[role=tab][data-tab-id=${name}]`);
    if (tab && tab.getAttribute('aria-selected') !== 'true') tab.click();
  }

  function toTop() {
    document.querySelectorAll('#tabs > .tabitem').forEach((one) => { one.scrollTop = 0; });
    if (innerWidth < 768 && document.body.classList.contains('show-work')) byId('tabs').scrollIntoView();
  }

  // --- what a person does ------------------------------------------------------------------------------------------
  function keep(change) {
    Object.assign(view, change);
    try { sessionStorage.setItem('easel', JSON.stringify(view)); } catch { /* private mode keeps nothing */ }
  }
  function look(change) {
    keep(change);
    return act({ do: 'view' });
  }
  const ways = {
    ask: (at) => { showSide('talk'); return act({ do: 'ask', text: at.textContent }); },
    reply: (at) => act({ do: 'reply', text: at.dataset.text }),
    resume: () => act({ do: 'resume' }),
    stop: () => act({ do: 'stop' }),
    pick: () => byId('pick').click(),
    show: (at) => showSide(at.dataset.text),
    again: (at) => again(at),
    dataset: (at) => { openTab('data'); showSide('work'); return look({ dataset: at.dataset.text, offset: 0, ...anew() }); },
    model: (at) => { openTab('model'); showSide('work'); return look({ model: at.dataset.text }); },
    profile: (at) => look({ profile: at.dataset.text }),
    page: (at) => look({ offset: Number(at.dataset.text) }),
  };
  function showSide(which) {
    document.body.classList.toggle('show-work', which === 'work');
    document.querySelectorAll('#switch button').forEach((b) => b.setAttribute('aria-pressed', String(b.dataset.text === which)));
  }
  function again(button) {
    const rows = button.parentElement.querySelectorAll('.one');
    const last = rows[rows.length - 1], n = Number(last.dataset.n), next = parse(last.outerHTML.replaceAll(`.${n}.`, `.${n + 1}.`));
    next.dataset.n = String(n + 1);
    next.querySelectorAll('input, textarea').forEach((input) => { input.value = ''; });
    last.after(next);
    next.querySelector('input, select, textarea')?.focus();
  }
  const typed = (form) => {
    const values = {};
    for (const [key, value] of new FormData(form)) (values[key] ??= []).push(String(value));
    form.querySelectorAll('.checks input').forEach((box) => { values[box.name] ??= []; });
    return values;
  };
  // What was typed, but for the datasets: forms are of the one in view, whatever they were of before.
  const anew = () => ({ typed: Object.fromEntries(Object.entries(view.typed ?? {}).map(([key, { dataset, ...rest }]) => [key, rest])) });
  const without = (values, name) => { if (name) delete values[name]; return values; };
  // getAttribute, not dataset: an input named `dataset` hides that property of its form
  const remember = (form) => ({ typed: { ...view.typed, [`${form.getAttribute('data-prefix')}-${form.getAttribute('data-tool')}`]: typed(form) } });

  document.addEventListener('click', (event) => {
    const at = event.target.closest?.('[data-do]');
    if (at && !at.disabled && ways[at.dataset.do]) { event.preventDefault(); ways[at.dataset.do](at); }
  });
  document.addEventListener('change', (event) => {
    const at = event.target;
    if (at.id === 'pick') { upload([...at.files]); at.value = ''; return; }
    if (at.dataset?.view) { look({ [at.dataset.view]: at.value, ...(at.dataset.view === 'dataset' ? { offset: 0, ...anew() } : {}) }); return; }
    if (at.hasAttribute?.('data-changes')) look(remember(at.form));
  });
  document.addEventListener('submit', async (event) => {
    const form = event.target;
    if (form.getAttribute('id') === 'composer') { event.preventDefault(); send(); return; }
    if (!form.hasAttribute('data-form')) return;
    event.preventDefault();
    const error = form.querySelector('[data-error]');
    error.textContent = '';
    keep(remember(form));
    sent = ['data-prefix', 'data-tool'].map((name) => form.getAttribute(name));  // before the call: what fails at once is told before it returns
    const reply = await act({ do: form.getAttribute('data-form'), tool: event.submitter?.dataset.tool || form.getAttribute('data-tool'), form: without(typed(form), event.submitter?.dataset.without) });
    if (reply.error) { error.textContent = reply.error; say(''); }
  });
  async function send() {
    const box = byId('ask'), text = box.value.trim();
    if (!text || (busy && !asks)) return;
    box.value = ''; grow(box);
    const reply = await act({ do: 'ask', text });
    if (reply.error && !box.value) { box.value = text; grow(box); }
    box.focus();
  }
  document.addEventListener('keydown', (event) => {
    if (event.target.id === 'ask' && event.key === 'Enter' && !event.shiftKey && !event.isComposing) { event.preventDefault(); send(); }
  });
  const grow = (box) => { box.style.height = 'auto'; box.style.height = `${Math.min(box.scrollHeight, 160)}px`; };
  document.addEventListener('input', (event) => {
    if (event.target.id === 'ask') grow(event.target);
    const form = event.target.form;
    if (form?.hasAttribute('data-points')) tell(form);
  });
  // The threshold's slider: what was measured on the holdout, nothing is asked of the server.
  const at = (form, name) => form.querySelector(`[name=${name}]`);
  const costs = (form) => [Number(at(form, 'false_alarm_cost').value || 0), Number(at(form, 'miss_cost').value || 0)];
  function tell(form) {
    const slider = at(form, 'value'), still = slider.dataset.kept && Number(slider.value) === Number(slider.defaultValue);
    const wanted = Number(still ? slider.dataset.kept : slider.value), [alarm, miss] = costs(form), positives = Number(form.dataset.positives);
    const above = JSON.parse(form.dataset.points).filter((point) => point[0] >= wanted);
    const [, hits, alarms, misses] = above.length ? above[above.length - 1] : [1, 0, 0, positives];
    const share = (part, whole) => (whole ? `${Math.round((100 * part) / whole)}` : '0');
    form.querySelector('output').textContent = wanted.toFixed(still ? 3 : 2);
    form.querySelector('[data-tells]').textContent =
      (hits + alarms ? told('Of 100 rows it flags, {right} are right; it finds {found} % of them all.', { right: share(hits, hits + alarms), found: share(hits, positives) }) : told('It flags no row.')) + ' ' +
      told('On {rows} test rows: {alarms} false alarms, {misses} misses, at a cost of {cost}.', { rows: Number(form.dataset.rows).toLocaleString('en'), alarms, misses, cost: (alarm * alarms + miss * misses).toLocaleString('en') });
  }

  // --- files -------------------------------------------------------------------------------------------------------
  const status = (text) => { byId('upload').textContent = text; };
  function put(file) {
    return new Promise((done) => {
      const request = new XMLHttpRequest();
      request.open('PUT', `easel/files/${encodeURIComponent(file.name)}`);
      request.setRequestHeader('X-Easel', '1');
      request.upload.onprogress = (event) => { if (event.lengthComputable) status(told('Uploading {file}: {part} %', { file: file.name, part: Math.round((100 * event.loaded) / event.total) })); };
      request.onerror = () => done({ error: told('{file} could not be uploaded. Is Easel still running?', { file: file.name }) });
      request.onload = () => { try { done(JSON.parse(request.responseText)); } catch { done({ error: told('{file} could not be uploaded.', { file: file.name }) }); } };
      request.send(file);
    });
  }
  async function upload(list) {
    const names = [];
    for (const file of list) {
      status(told('Uploading {file}', { file: file.name }));
      const reply = await put(file);
      if (reply.error) { status(''); say(reply.error); return; }
      names.push(reply.name);
    }
    status('');
    if (names.length) { delete view.dataset; keep({ offset: 0, ...anew() }); await act({ do: 'load', names }); }
  }
  const holdsFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes('Files');
  let depth = 0;
  const hover = (is) => document.body.classList.toggle('easel-drop', is);
  document.addEventListener('dragenter', (event) => { if (holdsFiles(event)) { depth++; hover(true); event.preventDefault(); } });
  document.addEventListener('dragover', (event) => { if (holdsFiles(event)) event.preventDefault(); });
  document.addEventListener('dragleave', (event) => { if (holdsFiles(event) && --depth <= 0) { depth = 0; hover(false); } });
  document.addEventListener('drop', (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    depth = 0; hover(false);
    upload([...event.dataTransfer.files]);
  });

  // --- start -------------------------------------------------------------------------------------------------------
  window.easelPage = {
    take() {
      for (const region of (window.easelRegions ?? []).splice(0)) {
        regions[region.name] = region.element;
        server ??= region.server;
      }
      if (Object.keys(latest).length) show(latest);
      if (!running && regions.talk && regions.sidebar && server) { running = true; follow(); }
    },
  };
  window.easelPage.take();
})();
