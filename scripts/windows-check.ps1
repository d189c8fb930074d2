<#
.SYNOPSIS
Builds Spindle on Windows, runs the contract tests and, with -UseCatalog, puts the provider into the system's Winsock catalog, has
an ordinary program use it, and takes it out again.

.DESCRIPTION
Needs Visual Studio 2022 (or its Build Tools) with the C++ workload, CMake 3.25, Ninja, and vcpkg at $env:VCPKG_ROOT. -UseCatalog
needs the rights of an administrator, and belongs on a machine that may lose its network: a virtual machine with a snapshot. Every
program that starts while the provider is in the catalog gets its sockets from it.

The exit code is 0 when everything that was asked for was done and held.

.PARAMETER Architecture
x64 or x86: what is built.

.PARAMETER UseCatalog
Also install, use and remove.
#>
[CmdletBinding()]
param(
    [ValidateSet('x64', 'x86')] [string] $Architecture = 'x64',
    [switch] $UseCatalog
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
Set-Location (Join-Path $PSScriptRoot '..')
$preset = "msvc-$Architecture"
$bin = Join-Path (Get-Location) "build\$preset\bin"

function Step([string] $what) { Write-Host "`n[windows-check] $what" }

# A program's exit code does not stop a script by itself.
function Invoke-Checked([string] $program, [string[]] $arguments) {
    & $program @arguments
    if ($LASTEXITCODE -ne 0) { throw "$program $($arguments -join ' ') ended with code $LASTEXITCODE" }
}

function Enter-Compiler {
    $where = Join-Path ${env:ProgramFiles(x86)} 'Microsoft Visual Studio\Installer\vswhere.exe'
    if (-not (Test-Path $where)) { throw 'Visual Studio is not installed: vswhere.exe is missing' }
    $studio = & $where -latest -products '*' -requires Microsoft.VisualStudio.Component.VC.Tools.x86.x64 -property installationPath
    if (-not $studio) { throw 'Visual Studio has no C++ compiler' }
    Import-Module (Join-Path $studio 'Common7\Tools\Microsoft.VisualStudio.DevShell.dll')
    Enter-VsDevShell -VsInstallPath $studio -SkipAutomaticLocation -DevCmdArguments "-arch=$Architecture -host_arch=x64" | Out-Null
}

function Get-Catalog { & "$bin\spindle-catalog.exe" list | Out-String }

# Sends a file through a server whose sockets must be the provider's.
function Test-ProgramThroughCatalog {
    $port = 50517
    $server = Start-Process "$bin\echo_server.exe" -ArgumentList '--once', '--port', $port -PassThru -NoNewWindow
    try {
        $modules = @()
        for ($try = 0; $try -lt 100 -and $modules -notcontains 'spindle_spi.dll'; $try++) {
            Start-Sleep -Milliseconds 100
            $server.Refresh()
            if ($server.HasExited) { throw "the server ended with code $($server.ExitCode)" }
            $modules = @($server.Modules | ForEach-Object ModuleName)
        }
        if ($modules -notcontains 'spindle_spi.dll') { throw 'the server did not load spindle_spi.dll' }
        Invoke-Checked "$bin\echo_client.exe" @('--port', "$port", '--file', "$bin\echo_client.exe")
        if (-not $server.WaitForExit(30000)) { throw 'the server did not end' }
    } finally {
        if (-not $server.HasExited) { $server.Kill() }
    }
}

# Windows loads the library by the path in the catalog, into 32-bit programs another one; so only the catalog of the programs that
# were built is changed.
function Test-Catalog {
    $tool = "$bin\spindle-catalog.exe"
    $journal = Join-Path $env:TEMP "spindle-catalog-$PID.journal"
    $before = Get-Catalog
    Step 'install: what would be done'
    Invoke-Checked $tool @('install', '--library', "$bin\spindle_spi.dll", '--native-only', '--first', '--journal', $journal)
    if ((Get-Catalog) -ne $before) { throw 'the dry run has changed the catalog' }
    Step 'install'
    Invoke-Checked $tool @('install', '--library', "$bin\spindle_spi.dll", '--native-only', '--first', '--journal', $journal, '--apply')
    try {
        Invoke-Checked $tool @('verify', '--journal', $journal)
        Step 'an ordinary program'
        Test-ProgramThroughCatalog
    } finally {
        Step 'undo'
        Invoke-Checked $tool @('undo', '--journal', $journal, '--apply')
    }
    if ((Get-Catalog) -ne $before) { throw 'the catalog is not what it was before' }
}

if (-not $env:VCPKG_ROOT) { throw 'VCPKG_ROOT is not set' }
if ($UseCatalog) {
    $me = [Security.Principal.WindowsPrincipal] [Security.Principal.WindowsIdentity]::GetCurrent()
    if (-not $me.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)) { throw '-UseCatalog needs an elevated shell' }
}

Step "building $preset"
Enter-Compiler
Invoke-Checked cmake @('--preset', $preset)
Invoke-Checked cmake @('--build', '--preset', $preset)

Step 'the contract tests, against Windows'' own Winsock'
Invoke-Checked ctest @('--preset', $preset)

if ($UseCatalog) { Test-Catalog }
Step 'everything held'
