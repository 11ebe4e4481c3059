// Passkeys: a form with data-passkey asks the browser for a credential before it is sent.
//   data-passkey="create|get"; the options stand in the element data-options names, or come from
//   data-options-url; the answer goes into the field “credential”.
async function readOptions(form) {
  if (form.dataset.options) return JSON.parse(document.getElementById(form.dataset.options).textContent);
  const answer = await fetch(form.dataset.optionsUrl, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
  return (await answer.json()).request_options;
}

// A passkey that logs in alone has to be kept by the device, which has to know who holds it.
function askForPasswordless(publicKey, wanted) {
  publicKey.authenticatorSelection = {
    ...publicKey.authenticatorSelection,
    residentKey: wanted ? "required" : "discouraged",
    requireResidentKey: wanted,
    ...(wanted && { userVerification: "required" }),
  };
}

async function askBrowser(form) {
  const { publicKey } = await readOptions(form);
  if (form.dataset.passkey === "get") {
    return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey) });
  }
  if (form.elements.passwordless) askForPasswordless(publicKey, form.elements.passwordless.checked);
  return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey) });
}

function tell(form, key) {
  const place = form.querySelector("[data-passkey-problem]");
  const message = document.createElement("p");
  message.className = "message error";
  message.textContent = place.dataset[key];
  place.replaceChildren(message);
}

async function send(event) {
  const form = event.target;
  event.preventDefault();
  if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) return tell(form, "unsupported");
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    form.elements.credential.value = JSON.stringify(await askBrowser(form));
    form.submit();
  } catch {
    tell(form, "failed");
  } finally {
    button.disabled = false; // also for whoever comes back to this page
  }
}

for (const form of document.querySelectorAll("form[data-passkey]")) form.addEventListener("submit", send);
